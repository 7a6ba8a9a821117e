// Loads the compiled test files named in TEST_FILES into this one process; scripts/test.mjs starts it.
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';

for (const path of JSON.parse(process.env['TEST_FILES'] ?? '[]')) {
  // A file that does not load fails alone, as a test under its own name.
  await import(pathToFileURL(path).href).catch((error) => test(path, () => Promise.reject(error)));
}
