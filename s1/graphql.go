package s1

import (
	"context"
	"encoding/json"

	"s1bot/s1/pages"
	"s1bot/s1/transport"
)

// A Document is one question or one change in GraphQL.
type Document = transport.Document

// An Unreadable answer came with a good status but makes no sense; the text is for people.
type Unreadable = transport.Unreadable

// GraphQL sends a document and hands the data of the answer to use, which must keep no part of it; said is what the console added to an
// answer that came only in part, a sentence.
func (c *Client) GraphQL(ctx context.Context, d Document, use func(data json.RawMessage) error) (said string, err error) {
	return c.t.GraphQL(ctx, d, use)
}

// ReadRow reads an object as the rows of lists are read: what fits is kept in the fields and the whole, without its secrets, in Raw.
func ReadRow[T any](raw json.RawMessage) (T, error) {
	var item T
	err := transport.ReadItem(raw, &item)
	return item, err
}

// ReadRows reads the rows of a page. A row that comes twice, by its identity, is one row; see Page.Fresh.
func ReadRows[T any](rows []json.RawMessage, identity func(T) string) (Page[T], error) {
	return pages.ReadRows(rows, identity)
}

// IsRetired tells whether a console no longer has, or does not have yet, the call that failed.
func IsRetired(err error) bool { return transport.IsRetired(err) }
