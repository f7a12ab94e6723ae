package webapi

import (
	"encoding/base64"
	"fmt"
)

// Page cuts a listing: "fewer than the requested number of items may be returned, even if the end
// hasn't been reached" [docs.slack.dev/apis/web-api/pagination].
func Page[T any](a Args, most int, items []T) ([]T, Reply, error) {
	start, size := 0, min(a.number("limit", 1000), most)
	if size <= 0 {
		return nil, nil, Refuse("invalid_limit")
	}
	if cursor := a.Str("cursor"); cursor != "" {
		raw, err := base64.StdEncoding.DecodeString(cursor)
		if _, scanErr := fmt.Sscanf(string(raw), "next:%d", &start); err != nil || scanErr != nil || start > len(items) {
			return nil, nil, Refuse("invalid_cursor")
		}
	}
	end := min(start+size, len(items))
	next := ""
	if end < len(items) {
		next = base64.StdEncoding.EncodeToString(fmt.Appendf(nil, "next:%d", end))
	}
	return items[start:end], Reply{"next_cursor": next}, nil
}
