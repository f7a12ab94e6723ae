// Package pages reads the console's lists.
//
// The idea: a [List] is a call that returns pages, and a [Page] knows its rows, the cursor of the
// next one and how many match in all. Who wants every row follows the cursors on a [Trail]:
//
//	page ──cursor──▶ page ──cursor──▶ … ──no cursor──▶ end
//	  └── empty five times · the same rows twice · a cursor that was there · too many pages ──▶ an error
//
// A page is read while it comes: one row of the answer is in memory at a time, beside what was made
// of the rows before it (split.go).
//
// Consoles have sent all of those. A page that is too large to be read is asked for again with
// fewer rows, and the list goes on with that number.
//
// The rule one must not break: rows that were asked for by id are taken only if they have one of
// those ids (see RowsByID). Who asks by id acts on the answer, and a console, or a proxy before it,
// may answer any query with anything.
package pages
