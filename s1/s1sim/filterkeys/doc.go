// Package filterkeys is the filter keys of endpoints, threats and alerts as the vendor's API document lists them, each with what it
// tests, and the words that are legal as values.
//
// What a key can be (a list, a span, a substring, a negation) is package keys; here is which there are. They are data, a line for each
// group of keys, and a test holds them against the vendor's table (vendor_test.go).
//
// The rule: a key is here because the document has it, with the document's spelling, also where nothing here can match it. A key that
// the simulator took and the vendor refuses would hide a 400 from every test.
package filterkeys

import "s1bot/s1/s1sim/wire"

// Facts are what some keys ask beside the row that they test. They are asked under the console's lock.
type Facts interface {
	// ThreatsOn are the threats that were found on an endpoint.
	ThreatsOn(agent string) []wire.Object
	// HasNotes tells whether a threat has any.
	HasNotes(threat string) bool
	// Endpoint is one by its id; nil where there is none.
	Endpoint(id string) wire.Object
}
