package main

// What every Go service of the shop has in common: routes and GET /health.

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"time"
)

// serve starts the service and never returns. Name, title, defaultPort and version are constants of service.go.
func serve(routes map[string]http.HandlerFunc) {
	identity := map[string]string{"service": name, "version": deployedCommit(version)}
	mux := http.NewServeMux()
	for path, handle := range routes {
		mux.HandleFunc(path, handle)
	}
	mux.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		status, word := http.StatusOK, "ok"
		if wanted := currentFault().Health; wanted != 0 && wanted != http.StatusOK {
			status, word = wanted, "error"
		}
		send(w, status, map[string]string{"status": word, "service": name, "version": identity["version"]})
	})
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/" {
			send(w, http.StatusNotFound, map[string]string{"error": "no route for " + r.Method + " " + r.URL.Path})
			return
		}
		send(w, http.StatusOK, map[string]string{"service": name, "title": title, "version": identity["version"]})
	})

	port := os.Getenv("PORT")
	if port == "" {
		port = fmt.Sprint(defaultPort)
	}
	waitToListen()
	logInfo(title+" listening", "addr", "127.0.0.1:"+port, "env", os.Getenv("NODE_ENV"), "version", identity["version"])
	err := http.ListenAndServe("127.0.0.1:"+port, logged(delayed(mux)))
	logError("cannot listen", "error", err.Error())
	os.Exit(1)
}

func send(w http.ResponseWriter, status int, value interface{}) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(value)
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status = status
	r.ResponseWriter.WriteHeader(status)
}

func logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/health" {
			next.ServeHTTP(w, r)
			return
		}
		started := time.Now()
		recorder := &statusRecorder{w, http.StatusOK}
		next.ServeHTTP(recorder, r)
		logInfo("request", "method", r.Method, "path", r.URL.Path, "status", recorder.status,
			"ms", time.Since(started).Milliseconds())
	})
}
