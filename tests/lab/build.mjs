// Puts each program of src/ together with its library: built/NAME.js, which the page NAME loads.
import { build } from 'esbuild';
import { readdirSync, readFileSync } from 'node:fs';
import { compile } from 'svelte/compiler';

const svelte = {
  name: 'svelte',
  setup: (build) =>
    build.onLoad({ filter: /\.svelte$/ }, ({ path }) => ({
      contents: compile(readFileSync(path, 'utf8'), { filename: path, generate: 'client' }).js.code,
    })),
};

await build({
  entryPoints: readdirSync('src')
    .filter((name) => /\.(js|jsx)$/.test(name))
    .map((name) => `src/${name}`),
  outdir: 'built',
  bundle: true,
  conditions: ['browser', 'production'],
  define: { 'process.env.NODE_ENV': '"production"', __VUE_OPTIONS_API__: 'true', __VUE_PROD_DEVTOOLS__: 'false', __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false' },
  format: 'iife',
  jsx: 'automatic',
  logLevel: 'error',
  minify: true,
  plugins: [svelte],
  target: 'es2022',
});
