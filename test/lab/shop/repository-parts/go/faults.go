package main

// Failing on request. A fault file says how: fault.json in the service's directory, which comes with a commit, and
// over it /run/lab/fault/<service>, which a test writes at any time. See the table in the README of the repository.

import (
	"encoding/json"
	"fmt"
	"io/ioutil"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"sync"
	"syscall"
	"time"
)

const pollEvery = 100 * time.Millisecond

type fault struct {
	Crash *struct {
		AfterMs  int    `json:"afterMs"`
		ExitCode *int   `json:"exitCode"`
		Message  string `json:"message"`
	} `json:"crash"`
	Signal       string `json:"signal"`
	AfterMs      int    `json:"afterMs"`
	Health       int    `json:"health"`
	Hang         bool   `json:"hang"`
	SlowMs       int    `json:"slowMs"`
	StartDelayMs int    `json:"startDelayMs"`
	NoListen     bool   `json:"noListen"`
	ExitOnTerm   string `json:"exitOnTerm"`
}

var signals = map[string]syscall.Signal{
	"SIGABRT": syscall.SIGABRT, "SIGHUP": syscall.SIGHUP, "SIGINT": syscall.SIGINT, "SIGKILL": syscall.SIGKILL,
	"SIGQUIT": syscall.SIGQUIT, "SIGSEGV": syscall.SIGSEGV, "SIGTERM": syscall.SIGTERM,
}

var (
	started = time.Now()
	mutex   sync.Mutex
	active  fault
	seen    string
	death   *time.Timer
)

func currentFault() fault {
	mutex.Lock()
	defer mutex.Unlock()
	return active
}

// waitToListen returns when the service may start to listen; from then on the fault files are obeyed.
func waitToListen() {
	pollFaults()
	go func() {
		for range time.Tick(pollEvery) {
			pollFaults()
		}
	}()
	now := currentFault()
	dueAtOnce := now.Crash != nil && now.Crash.AfterMs == 0 || now.Signal != "" && now.AfterMs == 0
	if now.NoListen || dueAtOnce {
		select {}
	}
	time.Sleep(milliseconds(now.StartDelayMs))
}

func pollFaults() {
	own, wanted := readFault("fault.json"), readFault("/run/lab/fault/"+name)
	both := own + "\n" + wanted
	if both == seen {
		return
	}
	// Merged before they are decoded: a null over a value takes it away, which decoding twice would not do.
	var keys map[string]json.RawMessage
	if json.Unmarshal([]byte(own), &keys) != nil || json.Unmarshal([]byte(wanted), &keys) != nil {
		return // Half written: the next poll reads it whole.
	}
	var next fault
	merged, _ := json.Marshal(keys)
	if json.Unmarshal(merged, &next) == nil {
		seen = both
		applyFault(next)
	}
}

func readFault(file string) string {
	text, err := ioutil.ReadFile(file)
	if os.IsNotExist(err) {
		return "{}"
	}
	return string(text)
}

func applyFault(next fault) {
	mutex.Lock()
	active = next
	mutex.Unlock()
	if next.ExitOnTerm == "ignore" {
		// Not signal.Ignore, which signal.Reset does not undo.
		signal.Notify(make(chan os.Signal, 1), syscall.SIGTERM)
	} else {
		signal.Reset(syscall.SIGTERM)
	}
	if death != nil {
		death.Stop()
	}
	if next.Crash != nil {
		death = at(next.Crash.AfterMs, func() { die(next) })
	} else if next.Signal != "" {
		death = at(next.AfterMs, func() { _ = syscall.Kill(os.Getpid(), signals[next.Signal]) })
	}
}

// at calls act so long after the start of the process; a time that has passed is now.
func at(afterMs int, act func()) *time.Timer {
	return time.AfterFunc(time.Until(started.Add(milliseconds(afterMs))), act)
}

// die ends as a panic does, but for the exit code.
func die(wanted fault) {
	message, exitCode := wanted.Crash.Message, 1
	if message == "" {
		message = "runtime error: invalid memory address or nil pointer dereference"
	}
	if wanted.Crash.ExitCode != nil {
		exitCode = *wanted.Crash.ExitCode
	}
	fmt.Fprintf(os.Stderr, "panic: %s\n\n%s", message, debug.Stack())
	os.Exit(exitCode)
}

// delayed answers later, or never, where a fault says so.
func delayed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		now := currentFault()
		if now.Hang {
			<-r.Context().Done()
			return
		}
		time.Sleep(milliseconds(now.SlowMs))
		next.ServeHTTP(w, r)
	})
}

func milliseconds(n int) time.Duration { return time.Duration(n) * time.Millisecond }
