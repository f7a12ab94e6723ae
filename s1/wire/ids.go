package wire

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// What is refused before anything is sent; each is wrapped in an *Error.
var (
	// ErrNothingSelected: a change without ids, which the console would take for everything.
	ErrNothingSelected = errors.New("nothing is selected")
	// ErrInvalidID: an id that is not made of digits.
	ErrInvalidID = errors.New("not a console id")
	// ErrTooMany: more ids than the console takes in one call.
	ErrTooMany = fmt.Errorf("more than %d ids in one call", maxIDs)
)

// The console's identifiers: strings of digits, 18 or 19 of them today. They are never JSON
// numbers, which lose digits.
type (
	// AgentID names an endpoint's agent; not its uuid.
	AgentID string
	// ThreatID names a threat.
	ThreatID string
	// AlertID names an alert of a custom detection rule; alerts of the unified list have UUIDs, which
	// do not work here.
	AlertID string
	// AccountID names an account, the level above sites.
	AccountID string
	// SiteID names a site.
	SiteID string
	// GroupID names a group of a site.
	GroupID string
	// ActivityID names an entry of the console's activity log.
	ActivityID string
	// NoteID names a note on a threat.
	NoteID string
	// RuleID names a custom detection rule.
	RuleID string
	// ExclusionID names an exclusion.
	ExclusionID string
	// BlocklistID names an item of the blocklist: one hash on one kind of system in one scope.
	BlocklistID string
)

// Valid tells whether the id can be sent to the console.
func (id AgentID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id ThreatID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id AlertID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id AccountID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id SiteID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id GroupID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id ActivityID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id NoteID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id RuleID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id ExclusionID) Valid() bool { return ValidID(id) }

// Valid tells whether the id can be sent to the console.
func (id BlocklistID) Valid() bool { return ValidID(id) }

// LooksLikeID tells whether what a person typed is meant as an id rather than as a name: 17 to 20
// digits. A host may well be called "4711"; none is called "1845174760470303882".
func LooksLikeID(s string) bool {
	return len(s) >= 17 && ValidID(s)
}

// ValidID accepts 1 to 20 digits, leading zeros included: what the console calls an id, and nothing
// that could change a path. See LooksLikeID for what is meant as one.
func ValidID[T ~string](id T) bool {
	if len(id) == 0 || len(id) > 20 {
		return false
	}
	return !strings.ContainsFunc(string(id), func(r rune) bool { return r < '0' || r > '9' })
}

// maxIDs is what the console takes in one list of ids (filter key ids, maxItems).
const maxIDs = 5000

// Selection checks the ids of a change and drops repeated ones. It refuses an empty list, which
// would mean everything.
func Selection[T ~string](ids []T) ([]string, error) {
	if len(ids) == 0 {
		return nil, ErrNothingSelected
	}
	unique := make([]string, 0, len(ids))
	seen := make(map[T]bool, len(ids))
	for _, id := range ids {
		if !ValidID(id) {
			return nil, fmt.Errorf("%w: %q", ErrInvalidID, string(id))
		}
		if !seen[id] {
			seen[id] = true
			unique = append(unique, string(id))
		}
	}
	if len(unique) > maxIDs {
		return nil, fmt.Errorf("%w: %d", ErrTooMany, len(unique))
	}
	return slices.Clip(unique), nil
}
