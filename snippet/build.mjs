// Bundles the two files that the collector serves, with their compressed twins: src/tag.js for every page, src/more/more.js for the
// pages that show a sign of needing it.
// The bytes depend on the sources and on the pinned tools alone, so a rebuild shows a difference or none.
// terser comes after esbuild because it inlines what is called once and shortens the names that end in `_`.
// `node build.mjs --check` writes nothing and fails on a difference; `--sizes` prints what each module weighs in the first file.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LIMITS = { 'tag.js': [5600, 5000], 'more.js': [6000, 6000] }; // gzip, brotli
const BAKED = '__WEBLEADS_CONSENT__'; // the collector writes its own setting over these bytes
const MORE = '__WEBLEADS_MORE__'; // the second file's name within the first

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', 'collector', 'ingest');

/** The names that end in `_`, and what they became: the same in both files. */
const nameCache = {};

/** @param {string} entry @param {'iife' | 'esm'} format */
async function bundle(entry, format, changed = {}) {
  const result = await build({
    entryPoints: [join(here, 'src', entry)],
    bundle: true,
    charset: 'utf8',
    format,
    legalComments: 'none',
    target: 'es2020',
    write: false,
    plugins: [{ name: 'changed', setup: (made) => made.onLoad({ filter: /src\/.*\.js$/ }, ({ path }) => (path in changed ? { contents: changed[path] } : undefined)) }],
  });
  const small = await minify(result.outputFiles[0].text, {
    ecma: 2020,
    module: format === 'esm',
    toplevel: true,
    nameCache,
    compress: { passes: 4, unsafe: true, unsafe_arrows: true, pure_getters: true, keep_fargs: false, hoist_props: true },
    mangle: { properties: { regex: /^[a-z]\w*_$/i } },
    format: { ascii_only: false },
  });
  nameCache.vars = undefined; // only properties are shared
  return small.code;
}

const gzipped = (code) => {
  const bytes = gzipSync(code, { level: 9 });
  bytes[9] = 255; // the header's "made on" byte would tell one system from another
  return bytes;
};
const brotlied = (code) =>
  brotliCompressSync(code, {
    params: {
      [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 16,
      [constants.BROTLI_PARAM_SIZE_HINT]: code.length,
    },
  });

const first = await bundle('tag.js', 'iife');
const more = await bundle('more/more.js', 'esm');
const name = createHash('sha256').update(more).digest('hex').slice(0, 16);
const files = { 'tag.js': first.replace(MORE, name), 'more.js': more };

const wrong = [];
if (first.split(BAKED).length !== 2) wrong.push(`${BAKED} must stand in the tag exactly once`);
if (first.split(MORE).length !== 2) wrong.push(`${MORE} must stand in the tag exactly once`);
for (const [file, code] of Object.entries(files)) {
  const [bytes, gzip, brotli] = [Buffer.from(code), gzipped(code), brotlied(code)];
  console.log(`${file}: ${bytes.length} B minified, ${gzip.length} B gzip, ${brotli.length} B brotli`);
  if (gzip.length > LIMITS[file][0]) wrong.push(`${file}: gzip is over ${LIMITS[file][0]} B`);
  if (brotli.length > LIMITS[file][1]) wrong.push(`${file}: brotli is over ${LIMITS[file][1]} B`);
  for (const [end, made] of [['', bytes], ['.gz', gzip], ['.br', brotli]]) {
    const target = join(folder, file + end);
    if (!process.argv.includes('--check')) writeFileSync(target, made);
    else if (!readFileSync(target).equals(made)) wrong.push(`${target} is not what the sources build`);
  }
}
if (wrong.length) {
  console.error(wrong.join('\n'));
  process.exitCode = 1;
}
