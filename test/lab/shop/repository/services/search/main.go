package main

// Search finds products by words; Meilisearch holds the index.

import (
	"net/http"
	"os"
	"strings"
)

var products = []string{"Chitenge, 2 m", "Kapenta, 500 g", "Munkoyo roots"}

func main() {
	serve(map[string]http.HandlerFunc{
		"/products": func(w http.ResponseWriter, r *http.Request) {
			hits := []string{}
			words := strings.ToLower(r.URL.Query().Get("q"))
			for _, product := range products {
				if strings.Contains(strings.ToLower(product), words) {
					hits = append(hits, product)
				}
			}
			send(w, http.StatusOK, map[string]interface{}{"query": words, "hits": hits})
		},
		"/index": func(w http.ResponseWriter, _ *http.Request) {
			send(w, http.StatusOK, map[string]interface{}{"at": os.Getenv("MEILISEARCH_URL"), "documents": len(products)})
		},
	})
}
