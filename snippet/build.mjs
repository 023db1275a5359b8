// Bundles src/tag.js into the one file that the collector serves, with its two compressed twins.
// The bytes depend on the sources and on the pinned esbuild alone, so a rebuild shows a difference or none.
import { build } from 'esbuild';
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const GZIP_LIMIT = 5600;
const BROTLI_LIMIT = 5000;
const BAKED = '__WEBLEADS_CONSENT__'; // the collector writes its own setting over these bytes

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, '..', 'collector', 'ingest', 'tag.js');

const result = await build({
  entryPoints: [join(here, 'src', 'tag.js')],
  bundle: true,
  charset: 'utf8',
  format: 'iife',
  legalComments: 'none',
  minify: true,
  target: 'es2018',
  write: false,
});
const code = Buffer.from(result.outputFiles[0].contents);
const gzip = gzipSync(code, { level: 9 });
gzip[9] = 255; // the header's "made on" byte would tell one system from another
const brotli = brotliCompressSync(code, {
  params: {
    [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
    [constants.BROTLI_PARAM_QUALITY]: 11,
    [constants.BROTLI_PARAM_SIZE_HINT]: code.length,
  },
});

const wrong = [];
if (code.toString().split(BAKED).length !== 2) wrong.push(`${BAKED} must stand in the tag exactly once`);
if (gzip.length > GZIP_LIMIT) wrong.push(`gzip is over ${GZIP_LIMIT} B`);
if (brotli.length > BROTLI_LIMIT) wrong.push(`brotli is over ${BROTLI_LIMIT} B`);
console.log(`tag.js: ${code.length} B minified, ${gzip.length} B gzip, ${brotli.length} B brotli`);
if (wrong.length) {
  console.error(wrong.join('\n'));
  process.exit(1);
}
writeFileSync(target, code);
writeFileSync(`${target}.gz`, gzip);
writeFileSync(`${target}.br`, brotli);
