package main

// Analytics counts what customers look at.

import (
	"net/http"
	"sync"
)

var (
	viewsMutex sync.Mutex
	views      = map[string]int{}
)

func main() {
	serve(map[string]http.HandlerFunc{
		"/view": func(w http.ResponseWriter, r *http.Request) {
			page := r.URL.Query().Get("page")
			viewsMutex.Lock()
			defer viewsMutex.Unlock()
			views[page]++
			send(w, http.StatusOK, map[string]interface{}{"page": page, "views": views[page]})
		},
		"/views": func(w http.ResponseWriter, _ *http.Request) {
			viewsMutex.Lock()
			defer viewsMutex.Unlock()
			send(w, http.StatusOK, views)
		},
	})
}
