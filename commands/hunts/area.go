// Package hunts searches the events of endpoints: Deep Visibility queries, PowerQueries, and the events behind threats and alerts.
//
// A hunt is long work. It is started, looked at until the console says that it ended, and read; what is needed to go on is saved after
// each step, so that a restart picks it up:
//
//	start ──▶ waiting ──▶ running ──▶ finished ──▶ rows read ──▶ card and file
//	                          └────▶ cancelled, failed, forgotten by the console
//
// The rule one must not break: a query counts against the console's limits from the moment that it is sent, so it is never sent twice.
package hunts

import "s1bot/commands/catalog"

// Commands are the commands of this area, in the order in which people see them; those that show events of threats and alerts
// stand beside these.
func Commands() []*catalog.Command { return huntCommands(&shelf{}) }
