// Package consoletest is a console for the tests of package s1 and its rooms: it answers with what
// the test says, remembers what it was asked, and makes no real pauses. Recorded answers of live
// consoles lie beside a working copy; where they do not, a test brings its own.
//
// The rule one must not break: it has no behaviour of its own. What a console does belongs in the
// simulator (s1sim).
package consoletest
