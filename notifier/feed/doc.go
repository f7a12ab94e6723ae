// Package feed reads the console into the journal: what is new becomes a notice, what changed is noted in the notices that there are.
//
// The console has no stream. It lists rows by time stamps, indexes some of them minutes or hours late, gives many the same stamp, and
// changes rows long after they were made. So a feed goes through its source in passes, one by creation and one by update or indexing, and
// each pass has a cursor: the moment up to which everything is in the journal. Every poll begins a window before the cursor:
//
//	history │ already in the journal     │ window, read again │ new
//	────────┼────────────────────────────┼────────────────────┼──────▶ time stamps
//	      Since                     read from here          Reached
//
// What is in the window and known is skipped, what is not known was late and is delivered. Most polls read a narrow window; now and then,
// or always where it is cheap, a sweep reads a wide one. The first start surveys what there is and keeps it as history.
//
// The cursor moves with every page, if the console keeps the order that was asked for, else after the last. Page and cursor are written in
// one transaction. A stamp from the future does not move it, and no cursor of the console's is followed twice.
//
// What is promised when the console fails: each pass fails for itself and goes on where it broke off, with a back-off of at most 15 s, so
// an outage delays and loses nothing. A refusal (403, a retired path) or a failure of five minutes is a note to the operators, once, and
// its end is another. An item whose channel depends on a look-up that fails waits for a minute, then goes where it may belong.
//
// The rule one must not break: nothing older than the journal's memory is new, and nothing that the cursor has passed is unknown to the
// journal. Else a restart delivers again, or loses.
package feed
