// Package snoozing is what people may keep quiet, and for how long: as they type it, as they choose it in a form, and the limits of both.
//
// A snooze hides notifications from everybody in a channel, so each has an end: four hours where nobody says when, Longest at most. What
// is kept quiet is named by one of four kinds (rule, hash, host, storyline).
//
// The rule one must not break: nothing that was typed is guessed or passed over. A misspelt until= that became part of the value before it
// would be a snooze of four hours that somebody believes to last until Monday.
package snoozing
