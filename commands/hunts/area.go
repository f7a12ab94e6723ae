// Package hunts searches the events of endpoints: Deep Visibility queries, PowerQueries, and the
// events behind threats and alerts.
//
// A hunt is long work. It is started, looked at until the console says that it ended, and read;
// what is needed to go on is saved after each step, so that a restart picks it up:
//
//	start ──▶ waiting ──▶ running ──▶ finished ──▶ rows read ──▶ card and file
//	                          └────▶ cancelled, failed, forgotten by the console
//
// Two engines do the work behind one interface: Deep Visibility, and the data lake that takes over
// from it. A hunt keeps to the one that it began on. They differ where it matters most:
//
//	                 Deep Visibility (/dv/…)               data lake (/sdl/v2/api/queries)
//	until            closed by the vendor on 2027-02-15    –
//	starts           one a minute for all users of a token no such limit
//	language         S1QL 1.0                              S1QL 2.0; a query in 1.0 finds nothing and says nothing
//	query lives      for a while after it finished         30 s after its launch or its last poll
//	rows             by id, in pages, from any command     once, with the answer that says it is finished
//	narrowed to      accounts and sites                    accounts; a site is a term of the query
//
// So the bot polls a query of the data lake to its end and keeps the rows on a shelf, from which
// the commands that take a query's id read them; and a query in the older language is translated
// for it where that is exact, and never guessed at.
//
// The rule one must not break: a query counts against the console's limits from the moment that it
// is sent, so it is never sent twice, unless the console says that it has forgotten it.
package hunts

import "s1bot/commands/catalog"

// Commands are the commands of this area, in the order in which people see them; those that show
// events of threats and alerts stand beside these.
func Commands() []*catalog.Command { return huntCommands(&shelf{}) }
