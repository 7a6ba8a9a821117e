'use strict';
// Loads a bundle with the code that V8 made of it at build time, which spares a command a good part of its
// start. The code is taken only for the very file it was made of, by the same V8; else the bundle is compiled
// as usual.
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const vm = require('node:vm');

/** The bundle's exports. `keep` is given the compiled script: the build makes the code cache of it. */
exports.load = function load(bundlePath, keep) {
  const fd = fs.openSync(bundlePath, 'r');
  let source;
  let identity;
  try {
    identity = identityOf(fs.fstatSync(fd, { bigint: true }));
    source = fs.readFileSync(fd, 'utf8');
  } finally {
    fs.closeSync(fd);
  }
  const cachedData = keep ? undefined : readCode(bundlePath, identity);
  const script = new vm.Script(Module.wrap(source), { filename: bundlePath, cachedData });
  const module = { exports: {} };
  const run = script.runInThisContext();
  run(module.exports, Module.createRequire(bundlePath), module, bundlePath, path.dirname(bundlePath));
  if (keep) keep(script, identity);
  return module.exports;
};

/** Whether there is code for the bundle as it is. */
exports.hasCode = function hasCode(bundlePath) {
  return readCode(bundlePath, identityOf(fs.statSync(bundlePath, { bigint: true }))) !== undefined;
};

exports.codePath = codePath;

function codePath(bundlePath) {
  return `${bundlePath}.code`;
}

/**
 * What tells this file from another of its name, and this V8 from another: the first line of the code's file.
 */
function identityOf(stat) {
  const { ino, size, mtimeNs } = stat;
  return Buffer.from(`${process.versions.v8} ${process.arch} ${ino} ${size} ${mtimeNs}\n`);
}

function readCode(bundlePath, identity) {
  let content;
  try {
    content = fs.readFileSync(codePath(bundlePath));
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'EACCES') return undefined;
    throw error;
  }
  return content.subarray(0, identity.length).equals(identity)
    ? content.subarray(identity.length)
    : undefined;
}
