// Package hunts searches the events of endpoints: Deep Visibility queries, PowerQueries, and the events behind threats and alerts.
//
// A hunt is long work. It is started, looked at until the console says that it ended, and read; what is needed to go on is saved after
// each step, so that a restart picks it up:
//
//	start ──▶ waiting ──▶ running ──▶ finished ──▶ rows read ──▶ card and file
//	                          └────▶ cancelled, failed, forgotten by the console
//
// Two engines do the work behind one interface: Deep Visibility, and the data lake that takes over from it. A hunt keeps to the one that
// it began on. The data lake drops a query within 30 s, so the bot polls it to its end and keeps the rows on a shelf; a query in the
// older language is translated for it where that is exact, and never guessed at.
//
// The rule one must not break: a query counts against the console's limits from the moment that it is sent, so it is never sent twice, unless the
// console says that it has forgotten it.
package hunts

import "s1bot/commands/catalog"

// Commands are the commands of this area, in the order in which people see them; those that show events of threats and alerts
// stand beside these.
func Commands() []*catalog.Command { return huntCommands(&shelf{}) }
