// Package trailfile keeps the audit trail in a file, a line of JSON for each row, and tells whether such a file and the trail still say
// the same.
//
// The chain of the trail proves that its rows fit each other, not that they are the ones that were written: whoever can write to the
// database can compute a new chain, or cut off its end together with the mark of where it ends. A copy on another disk is what shows it.
//
//	Stream   appends what is new, across restarts and log rotations
//	Write    the whole trail in one go, verified on the way
//	Compare  the trail beside a file that Stream or Write made
//
// The rule one must not break: a file holds rows that the trail had, each in its order, and nothing else. So Stream goes on behind the last
// row only where the trail has that very row, and leaves alone what it cannot read: a file that was continued across a restored backup
// would have a hole that nobody notices.
package trailfile
