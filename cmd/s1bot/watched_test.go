//go:build race

package main

// Under the race detector all work takes ten times as long. What has no goroutines of its own to race is therefore done less there:
// answers changed in thousands of ways, and lists of a hundred thousand rows that the program, built without it, turns into files.
// `make check` does all of it, without the detector.
const watched = true
