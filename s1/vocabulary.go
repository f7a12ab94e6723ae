package s1

import (
	"context"
	"iter"
	"time"

	"s1bot/s1/changes"
	"s1bot/s1/pages"
	"s1bot/s1/transport"
	"s1bot/s1/wire"
)

// What every caller of the console speaks of comes from the rooms below; it has its names here too, so that a command imports one
// package. What only one room's users need (hunts, filters that people type, the transport's own parts) is imported from there.
type (
	// Observation tells of one try of one call.
	Observation = transport.Observation
	// Rates shares slow limits with other processes.
	Rates = transport.Rates
	// Request is what a rehearsal would have sent.
	Request = transport.Request
	// Wait is why a call does not go out yet.
	Wait = transport.Wait
	// Remark is what is wrong with an answer that came all the same.
	Remark = transport.Remark
	// Token is what is known of the API token, beside the token itself.
	Token = transport.Token
	// TokenOwner is what kind of user the token belongs to.
	TokenOwner = transport.TokenOwner
	// Download is a file from an endpoint.
	Download = transport.Download
	// Keep makes the place of a file that is downloaded.
	Keep = transport.Keep
	// Error says what failed, in three parts.
	Error = transport.Error
	// Reason is why the console refused a call.
	Reason = transport.Reason
	// Query holds the parameters of a list.
	Query = transport.Query
	// SortOrder is the direction of a list.
	SortOrder = transport.SortOrder

	// Page is one page of a list.
	Page[T any] = pages.Page[T]
	// Trail is the way through the pages of one list.
	Trail = pages.Trail

	// ActionResult is the console's answer to a change.
	ActionResult = changes.Result
	// IDResult is what became of one id.
	IDResult = changes.IDResult
	// Skip is a part of a mitigation that was not done.
	Skip = changes.Skip
	// MitigationReport is one action on a threat and how far it is.
	MitigationReport = changes.MitigationReport
	// ActionCounters count what an action did on the endpoint.
	ActionCounters = changes.ActionCounters

	// Secret holds a token or a password and never prints it.
	Secret = wire.Secret
	// Time is a moment in the console's JSON.
	Time = wire.Time
	// Row keeps an object as the console sent it.
	Row = wire.Row
	// Choice is one value of an enumeration.
	Choice = wire.Choice
	// Enum is a string type with a fixed list of values.
	Enum = wire.Enum

	// AgentID names an endpoint's agent.
	AgentID = wire.AgentID
	// ThreatID names a threat.
	ThreatID = wire.ThreatID
	// AlertID names an alert of a custom detection rule.
	AlertID = wire.AlertID
	// AccountID names an account.
	AccountID = wire.AccountID
	// SiteID names a site.
	SiteID = wire.SiteID
	// GroupID names a group of a site.
	GroupID = wire.GroupID
	// ActivityID names an entry of the activity log.
	ActivityID = wire.ActivityID
	// NoteID names a note on a threat.
	NoteID = wire.NoteID
	// RuleID names a custom detection rule.
	RuleID = wire.RuleID
	// ExclusionID names an exclusion.
	ExclusionID = wire.ExclusionID
	// BlocklistID names an item of the blocklist.
	BlocklistID = wire.BlocklistID
)

// The reasons; see Reason.
const (
	Unexplained     = transport.Unexplained
	TokenRejected   = transport.TokenRejected
	LacksPermission = transport.LacksPermission
	MayNot          = transport.MayNot
	OutOfScope      = transport.OutOfScope
	FeatureOff      = transport.FeatureOff
	AlreadyThere    = transport.AlreadyThere
	ValueNamed      = transport.ValueNamed
	NotTheConsole   = transport.NotTheConsole
	Retired         = transport.Retired
	QueryUnread     = transport.QueryUnread
)

// The owners of a token; see TokenOwner.
const (
	OwnerUnknown = transport.OwnerUnknown
	ServiceUser  = transport.ServiceUser
	Person       = transport.Person
)

// The directions of a list, the largest file, and how many rows a first page has; see transport and pages.
const (
	Ascending  = transport.Ascending
	Descending = transport.Descending
	MaxFile    = transport.MaxFile
	FirstRows  = pages.FirstRows
)

// What a call can end with, for errors.Is; see transport, pages and wire.
var (
	ErrUnauthorized    = transport.ErrUnauthorized
	ErrForbidden       = transport.ErrForbidden
	ErrNotFound        = transport.ErrNotFound
	ErrGone            = transport.ErrGone
	ErrTooLarge        = transport.ErrTooLarge
	ErrCursorLoop      = transport.ErrCursorLoop
	ErrInvalidValue    = transport.ErrInvalidValue
	ErrRehearsed       = transport.ErrRehearsed
	ErrTooManyPages    = pages.ErrTooManyPages
	ErrNothingSelected = wire.ErrNothingSelected
	ErrInvalidID       = wire.ErrInvalidID
	ErrTooMany         = wire.ErrTooMany
)

// Absent tells whether a console may not have the path of a call, by what it answered (404, 405, 410 or 501): whoever has another way
// tries it then. Nothing was changed.
func Absent(err error) bool { return transport.Absent(err) }

// NewSecret hides s.
func NewSecret(s string) Secret { return wire.NewSecret(s) }

// FormatTime writes t as the console's query parameters want it: UTC with microseconds.
func FormatTime(t time.Time) string { return wire.FormatTime(t) }

// LooksLikeID tells whether what a person typed is meant as an id rather than as a name.
func LooksLikeID(s string) bool { return wire.LooksLikeID(s) }

// ValidID tells whether a text can be an id at all.
func ValidID[T ~string](id T) bool { return wire.ValidID(id) }

// ParseChoice finds the value that s names, by value or label, in any spelling.
func ParseChoice[T Enum](s string) (T, error) { return wire.ParseChoice[T](s) }

// WithPatience has the reads under ctx share the time that they may go without an answer: somebody
// waits for all of them together.
func WithPatience(ctx context.Context) context.Context { return transport.WithPatience(ctx) }

// WithWaitNotice lets the caller learn that a call must wait.
func WithWaitNotice(ctx context.Context, notice func(Wait)) context.Context {
	return transport.WithWaitNotice(ctx, notice)
}

// WithRemarks lets the caller learn what is wrong with answers that came all the same.
func WithRemarks(ctx context.Context, hear func(Remark)) context.Context {
	return transport.WithRemarks(ctx, hear)
}

// NewTrail begins at the page that q asks for.
func NewTrail(operation string, q Query) *Trail { return pages.NewTrail(operation, q) }

// Follow returns the query for the page after the one that q brought; more is false at the end of the list.
func Follow[T any](t *Trail, q Query, page Page[T]) (next Query, more bool, err error) {
	return pages.Follow(t, q, page)
}

// Convert returns a page with each of its items made into something else.
func Convert[A, B any](p Page[A], f func(A) B) Page[B] { return pages.Convert(p, f) }

// Collect reads a list to its end; on an error it returns what came before.
func Collect[T any](list iter.Seq2[T, error]) ([]T, error) { return pages.Collect(list) }

// Take ends a list after n items; fewer pages are asked for.
func Take[T any](list iter.Seq2[T, error], n int) iter.Seq2[T, error] { return pages.Take(list, n) }
