// Bundles the files that the collector serves, with their compressed twins: src/tag.js for every page, src/forms/forms.js for pages with
// a field, src/signs/signs.js for pages that show a sign of other programs, src/more/more.js for what seldom happens.
// The bytes depend on the sources and on the pinned tools alone, so a rebuild shows a difference or none.
// terser comes after esbuild because it inlines what is called once and shortens the names that end in `_`.
// `node build.mjs --check` writes nothing and fails on a difference.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { minify } from 'terser';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const LIMITS = { 'tag.js': [5600, 5000], 'forms.js': [6144, 5800], 'more.js': [6144, 5400], 'signs.js': [6144, 5400], 'consent.js': [3000, 3000] }; // gzip, brotli
const BAKED = '__WEBLEADS_CONSENT__'; // the collector writes its own setting over these bytes
const FILES = '__WEBLEADS_FILES__'; // the other files' version, within the first
const OTHERS = ['forms.js', 'more.js', 'signs.js']; // by their numbers in src/core.js

const here = dirname(fileURLToPath(import.meta.url));
const folder = join(here, '..', 'collector', 'ingest');

/** The names that end in `_`, and what they became: the same in all files. */
const nameCache = {};

/**
 * The same in fewer words, for terser to join: on a file's own level named functions and constants become `var`s, within functions
 * constants become `let`s. esbuild puts each on a line of its own and calls nothing before it is there.
 * @param {string} code  esbuild's @param {string} margin  of the file's own level
 */
const plainer = (code, margin) =>
  code
    .replace(/^( *)(async )?function (\w+)\((.*)\) \{$/gm, '$1let $3 = $2($4) => {')
    .replace(/^( *)const /gm, '$1let ')
    .replace(RegExp(`^${margin}let `, 'gm'), `${margin}var `);

/** @param {string} entry @param {'iife' | 'esm'} format */
async function bundle(entry, format) {
  const result = await build({
    entryPoints: [join(here, 'src', entry)],
    bundle: true,
    charset: 'utf8',
    format,
    legalComments: 'none',
    minifySyntax: true,
    target: 'es2020',
    tsconfigRaw: {},
    write: false,
  });
  const small = await minify(plainer(result.outputFiles[0].text, format === 'iife' ? '  ' : ''), {
    ecma: 2020,
    module: format === 'esm',
    toplevel: true,
    nameCache,
    compress: { passes: 4, unsafe: true, unsafe_arrows: true, pure_getters: true, keep_fargs: false, inline: 1, lhs_constants: format === 'iife' },
    mangle: { properties: { regex: /^[a-z]\w*_$/i } },
  });
  nameCache.vars = undefined; // only properties are shared
  return small.code;
}

const gzipped = (code) => {
  const bytes = gzipSync(code, { level: 9 });
  bytes[9] = 255; // the header's "made on" byte would tell one system from another
  return bytes;
};
const brotlied = (code) => brotliCompressSync(code, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });

const files = { 'tag.js': await bundle('tag.js', 'iife') };
const wrong = [];
for (const file of OTHERS) files[file] = await bundle(`${file.slice(0, -3)}/${file}`, 'esm');
const version = createHash('sha256').update(OTHERS.map((file) => files[file]).join('')).digest('hex').slice(0, 6);
if (files['tag.js'].split(FILES).length !== 2) wrong.push(`${FILES} must stand in the tag exactly once`);
files['tag.js'] = files['tag.js'].replace(FILES, version);
if (files['tag.js'].split(BAKED).length !== 2) wrong.push(`${BAKED} must stand in the tag exactly once`);
files['consent.js'] = await bundle('banner.js', 'iife');
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
