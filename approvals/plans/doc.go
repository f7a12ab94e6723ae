// Package plans shows what a change touches, as it was resolved when it was asked for.
//
// Its one idea: an approver decides about things by name, not about a filter. A plan (catalog.Plan)
// is part of the request's row; this package reads it back and says it: one thing by its facts,
// several as a table of the first ones with what makes one look twice on top (servers, what the
// policy protects, active threats), and all of them as a file.
//
// The rule one must not break: what is counted is all of it, and what is left out of a table is
// said to be.
package plans
