//go:build race

package plain_test

// Under the race detector a sentence takes ten times as long, and reading one has nothing to do with others: one in so many is read of the long
// tables of what is refused. `make check` reads all, without it.
const share = 5
