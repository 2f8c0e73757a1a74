package main

import (
	"io/ioutil"
	"path/filepath"
	"strings"
)

// deployedCommit returns the commit of the checkout that the working directory is in, or else what it is given.
// (The build's own record of it needs Go 1.18; the oldest hosts have 1.15.)
func deployedCommit(otherwise string) string {
	here, err := filepath.EvalSymlinks(".")
	if err != nil {
		return otherwise
	}
	if here, err = filepath.Abs(here); err != nil {
		return otherwise
	}
	gitDir := filepath.Join(here, "../../.git")
	// In a linked worktree, .git is a file that names the worktree's own git directory.
	if link := firstLine(gitDir); strings.HasPrefix(link, "gitdir: ") {
		gitDir = strings.TrimPrefix(link, "gitdir: ")
	}
	head := firstLine(filepath.Join(gitDir, "HEAD"))
	if strings.HasPrefix(head, "ref: ") {
		head = firstLine(filepath.Join(gitDir, strings.TrimPrefix(head, "ref: ")))
	}
	if head == "" {
		return otherwise
	}
	return head
}

func firstLine(file string) string {
	text, err := ioutil.ReadFile(file)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.SplitN(string(text), "\n", 2)[0])
}
