'use strict';
const fs = require('node:fs');
const path = require('node:path');

/** The commit that the checkout holding this file is at; undefined outside a checkout. */
function deployedCommit() {
  try {
    const dotGit = path.join(__dirname, '../../../.git');
    // In a linked worktree, .git is a file that names the worktree's own git directory.
    const linked = fs.statSync(dotGit).isFile();
    const gitDir = linked ? fs.readFileSync(dotGit, 'utf8').replace('gitdir: ', '').trim() : dotGit;
    const head = fs.readFileSync(path.join(gitDir, 'HEAD'), 'utf8').trim();
    if (!head.startsWith('ref: ')) return head;
    return fs.readFileSync(path.join(gitDir, head.slice('ref: '.length)), 'utf8').trim();
  } catch {
    return undefined;
  }
}

module.exports = { deployedCommit };
