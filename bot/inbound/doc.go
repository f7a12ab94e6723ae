// Package inbound reads what Slack delivers: slash commands, messages, clicks, forms, search boxes.
//
// Its one idea: a delivery is read once. Reader turns an envelope, or a row of the inbox, into a
// Delivery: typed values, what buttons and forms carry under seal already compared and decoded,
// what a message means already told. Behind it nobody reads JSON.
//
//	delivery.go   the kinds, and the one reader of each       payload.go    commands, clicks, forms
//	message.go    when a message is a command, when it is talk, and when nobody can tell; richtext.go reads what people saw of it
//	key.go        what happened, by a name that is the same however often Slack sends it
//	mask.go       what the database may keep of it: everything but passwords
//
// The rule one must not break: a message that may be a quotation is not a command. It is answered
// and not obeyed.
package inbound
