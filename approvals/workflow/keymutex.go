package workflow

import "sync"

// A KeyMutex serialises work by key. The zero value is ready to use.
//
// It holds within one process. Between processes the rows are guarded by their versions; what this
// spares is work done twice at one time.
type KeyMutex struct {
	mu    sync.Mutex
	locks map[string]*held
}

// A held lock counts who has it or waits for it; with the last of them it is forgotten, so that the
// map does not grow with every request there was.
type held struct {
	sync.Mutex
	users int
}

// Lock waits for key and returns what releases it.
func (k *KeyMutex) Lock(key string) (unlock func()) {
	k.mu.Lock()
	if k.locks == nil {
		k.locks = map[string]*held{}
	}
	h := k.locks[key]
	if h == nil {
		h = &held{}
		k.locks[key] = h
	}
	h.users++
	k.mu.Unlock()
	h.Lock()
	return func() {
		h.Unlock()
		k.mu.Lock()
		defer k.mu.Unlock()
		if h.users--; h.users == 0 {
			delete(k.locks, key)
		}
	}
}
