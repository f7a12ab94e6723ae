package transport

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"s1bot/s1/wire"
)

// An empty id in a list is no id: some consoles leave the key out then, so that the call is for
// everything. Whoever asks by id checks them first (wire.Selection); what follows is the last look
// before a call is sent, whoever made it.

// checkIDs refuses a call that names something by an empty id.
func (c Call) checkIDs(payload []byte) error {
	for key, values := range c.Query {
		if listsIDs(key) && slices.ContainsFunc(values, hasGap) {
			return fmt.Errorf("%w: an empty one in %s", wire.ErrInvalidID, key)
		}
	}
	if slices.Contains(c.IDs, "") {
		return fmt.Errorf("%w: an empty one in %s", wire.ErrInvalidID, c.Route)
	}
	if !bytes.Contains(payload, []byte(`""`)) {
		return nil
	}
	var body any
	if json.Unmarshal(payload, &body) != nil {
		return nil // it is no JSON of ours
	}
	return checkBody("", body)
}

// listsIDs tells whether a key of the API holds a list of ids: ids, siteIds, parentTaskId__in, uuids.
func listsIDs(key string) bool {
	key = strings.TrimSuffix(strings.ToLower(key), "__in")
	return strings.HasSuffix(key, "ids") || strings.HasSuffix(key, "id")
}

// hasGap tells whether a list in an address has an empty element.
func hasGap(value string) bool { return slices.Contains(strings.Split(value, ","), "") }

// checkBody looks for empty ids in lists, at any depth.
func checkBody(key string, value any) error {
	switch value := value.(type) {
	case map[string]any:
		for key, inner := range value {
			if err := checkBody(key, inner); err != nil {
				return err
			}
		}
	case []any:
		for _, inner := range value {
			if inner == "" && listsIDs(key) {
				return fmt.Errorf("%w: an empty one in %s", wire.ErrInvalidID, key)
			}
			if err := checkBody(key, inner); err != nil {
				return err
			}
		}
	}
	return nil
}
