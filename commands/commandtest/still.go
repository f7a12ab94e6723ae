package commandtest

import (
	"io"
	"net/http"
	"strings"
	"sync"
)

// A Still console gives each path behind APIRoot the same answer whatever is asked of it, as one
// does whose proxy answers from a cache; a path without an answer is not found. It takes every
// change. So it shows who believes an answer without having looked at it.
type Still struct {
	Answers map[string]string

	mu      sync.Mutex
	changes []string
	reads   int
}

// ServeHTTP answers reads from the map, says yes to every change and writes it down. A path that
// the map lacks is 404, like that of a console of another age.
func (s *Still) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.Path, APIRoot)
	if r.Method != http.MethodGet {
		body, _ := io.ReadAll(r.Body)
		s.changes = append(s.changes, path+" "+strings.TrimSpace(string(body)))
		_, _ = io.WriteString(w, `{"data":{"affected":1}}`)
		return
	}
	s.reads++
	if s.Answers[path] == "" {
		http.Error(w, `{"errors":[{"title":"Not found"}]}`, http.StatusNotFound)
		return
	}
	_, _ = io.WriteString(w, s.Answers[path])
}

// Changes are the requests since the last Reset that would have changed something: path, blank, body.
func (s *Still) Changes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]string(nil), s.changes...)
}

// Reads is how often something was read since the last Reset.
func (s *Still) Reads() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reads
}

// Reset forgets what was asked.
func (s *Still) Reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changes, s.reads = nil, 0
}
