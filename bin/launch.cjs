'use strict';
// What every launcher runs: it finds the bundle of the command whose name the launcher bears, and calls the
// bundle's main(programName). `mgpu_squeue` and `slurm/squeue` share dist/squeue.cjs and learn from
// programName which they are. It is ECMAScript 5, so that a Node.js that is too old gets to say so.
var path = require('path');

module.exports = function launch(launcherPath) {
  var programName = path.basename(launcherPath);
  var version = process.versions.node.split('.');
  if (Number(version[0]) < 20 || (version[0] === '20' && Number(version[1]) < 19)) {
    return fail(
      programName,
      'Node.js 20.19 or newer is needed, this is ' + process.versions.node + ': ' + process.execPath,
    );
  }
  var folder = path.dirname(__dirname);
  var bundlePath = path.join(folder, 'dist', programName.replace(/^mgpu_/, '') + '.cjs');
  var bundle;
  try {
    bundle = require('./load.cjs').load(bundlePath);
  } catch (error) {
    // Only a missing bundle is ours to explain; anything else is a bug and keeps its stack.
    if (error.code !== 'ENOENT' || require('fs').existsSync(bundlePath)) throw error;
    return fail(programName, 'mgpu is not built: run npm ci (or npm run build) in ' + folder);
  }
  bundle.main(programName);
};

function fail(programName, message) {
  process.stderr.write(programName + ': error: ' + message + '\n');
  process.exitCode = 1;
}
