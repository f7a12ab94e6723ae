// Package filters reads the filters that people type: JSON objects with the console's own keys.
//
// The idea: a [Filter] keeps what was typed, and its [Kind] (threats, agents, alerts) says which
// keys and values the console takes, from the vendor's API document. [Filter.ToQuery] spells it as
// the console wants it, or lists everything that is wrong, key by key.
//
// The rule one must not break: a filter only ever becomes a query for reading, and one that says
// nothing selects everything ([Filter.Empty]): whoever changes something asks first, shows what was
// found, and changes it by id.
package filters
