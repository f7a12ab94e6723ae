// Package unified reads and changes a console's unified alerts: the one list of what endpoints,
// custom rules, identity, cloud, e-mail and other vendors' products have found. They are not in the
// REST document; they are asked for in GraphQL, at one path.
//
// The idea: a question is an [s1.Query] as for every other list, with the names of this list's own
// fields as its keys, and what comes back is an [s1.Page]. So whoever pages, caches, exports or
// polls does so here as everywhere. Only this package knows what the query becomes on the wire:
// filters of one comparator each, a scope, cursors, enumerations in upper case.
//
//	{severity: HIGH,CRITICAL  createdAt__gte: …  siteIds: …  sortBy: createdAt}  ──▶  alerts(filters: […], scope: …, sorts: […])
//
// The console says 200 to almost everything. What it did is in the body: an alert that it changed,
// one that it skipped, one that it could not change; a list of actions that is empty changed
// nothing.
//
// The rule one must not break: a filter that restricts nothing means every alert of the tenant. A
// change is sent for ids that were named, at least one, and never a second time.
package unified
