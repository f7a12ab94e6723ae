// Package eventql reads and runs the three languages in which a console is asked about events, over
// the JSON objects that events are: S1QL 1.0 of Deep Visibility, S1QL 2.0 of the data lake, and
// PowerQuery, whose conditions are those of the engine that runs it.
//
// The idea: a query becomes a test of one event, and a PowerQuery a pipe of such tests and
// commands. Events are kept as Deep Visibility answers them; Flat is the same event as the data
// lake answers it, with dotted names.
//
// The rule: be as strict as the service. What it does not know finds nothing (a field of 1.0 in a
// query of 2.0), or is refused in the service's own few words; nothing here guesses what somebody
// meant.
package eventql
