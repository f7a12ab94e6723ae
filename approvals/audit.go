package approvals

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"strconv"
	"time"
)

// The actions of the audit trail. They stand in rows that are hashed and never rewritten, in
// exports and in the searches of SIEMs, so a word is there for good: a better name changes the
// constant and leaves the string ("wished" is one that was renamed here alone).
const (
	ActionAsked              = "asked"
	ActionApproved           = "approved" // one person's word; detail says whether it was the last one needed
	ActionDenied             = "denied"
	ActionWithdrawn          = "withdrawn"
	ActionExpired            = "expired"
	ActionStarted            = "started" // written before the console is called
	ActionFinished           = "finished"
	ActionInterrupted        = "interrupted"
	ActionReopened           = "reopened"
	ActionClosed             = "closed"
	ActionRefused            = "refused"
	ActionObserved           = "observed" // what the console says later
	ActionHeld               = "held"     // not run or not ended yet; detail says why
	ActionNotRun             = "not run"  // approved, but what it depends on could not be told in time
	ActionFrozen             = "frozen"
	ActionFreezeReason       = "freeze reason" // given after it began
	ActionThawed             = "thawed"        // one person's word; detail says whether it was the last one needed
	ActionWarned             = "warned"        // people, of the end of what lasts for a time
	ActionExtended           = "extended"
	ActionProposed           = "proposed" // one person's word for an extension that needs more of them
	ActionExtensionRequested = "wished"   // an extension, by somebody who may not decide it
	ActionExtensionDenied    = "extension denied"
	ActionEnded              = "ended"  // the time is over; detail says which request undoes what was done
	ActionUndone             = "undone" // by another request, which detail names
)

// An Entry is one row of the audit trail. Each carries the hash of the one before it, so that a row
// that was changed, removed or moved shows. What a hash chain cannot show: an attacker who may
// write the database and recomputes every later hash; who fears that copies the last hash elsewhere
// from time to time.
//
// Seq and Prev say the same twice, on purpose. The number finds a row that is missing without
// reading any hash; the hash finds two rows that were exchanged together with their numbers. The
// JSON names are what `s1bot audit --json`, the case file and the syslog messages carry.
type Entry struct {
	Seq     int64           `json:"seq"` // 1, 2, 3 … without gaps; given by the Store
	At      time.Time       `json:"at"`
	Request string          `json:"request,omitempty"` // id; empty where none came into being
	Ref     string          `json:"ref,omitempty"`
	Actor   string          `json:"actor,omitempty"` // Slack user id; empty = the bot by itself
	Action  string          `json:"action"`
	Command string          `json:"command"`
	Detail  json.RawMessage `json:"detail,omitempty"`
	Prev    string          `json:"prev"` // hash of the entry before; empty for the first
	Hash    string          `json:"hash"`
}

// A Mark is a place in the trail: the last entry's number and hash. The zero value is the place
// before the first.
//
// The Store keeps one for the end of the trail, in a row of its own. Without it the chain could not
// show that its last entries were cut off, for what is left of it would be sound.
type Mark struct {
	Seq  int64
	Hash string
}

// Mark is the place of e.
func (e Entry) Mark() Mark { return Mark{Seq: e.Seq, Hash: e.Hash} }

// After returns e as the entry that follows m, numbered and hashed. A Store calls it in the
// transaction that appends. Two appends that read the same mark would write two rows of one number,
// so a Store lets the second wait for the first.
func (e Entry) After(m Mark) Entry {
	e.Seq, e.Prev = m.Seq+1, m.Hash
	e.Hash = e.sum()
	return e
}

// sum is the hash over every field of e but Hash, each behind its length: no two different entries
// are encoded alike.
//
// The length makes the encoding unambiguous: joined without it, user "ab" doing "c" and user "a"
// doing "bc" would be one hash. The first field names the encoding, so that another version can be
// told apart. Detail is hashed as the text that is stored; it must come back from the database byte
// for byte, which is why it is a text column and no jsonb, which sorts the keys.
func (e Entry) sum() string {
	h := sha256.New()
	fields := []string{
		"s1bot audit 1", strconv.FormatInt(e.Seq, 10), strconv.FormatInt(e.At.UnixMilli(), 10),
		e.Request, e.Ref, e.Actor, e.Action, e.Command, string(e.Detail), e.Prev,
	}
	for _, f := range fields {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(f)))
		h.Write(n[:])
		h.Write([]byte(f))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// A Trail is the audit trail, or a part of it, oldest first. Head is where the Store says the whole
// trail ends.
//
// Entries is read page by page while it is walked, so that a trail of millions of rows is never in
// memory and nobody holds the database while it is printed.
type Trail struct {
	Head    Mark
	Entries iter.Seq2[Entry, error]
}

// A TamperedError says where a trail is not what was written.
type TamperedError struct {
	Seq int64
	Why string
}

// Error names the row.
func (e *TamperedError) Error() string { return fmt.Sprintf("audit trail, row %d: %s", e.Seq, e.Why) }

// Verify walks a whole trail and returns how many entries are sound. The first that was changed,
// removed or moved ends the walk with a *TamperedError.
//
// Only a whole trail can be verified: in a selection the numbers have gaps. An error that is no
// *TamperedError says that reading failed, which is no news about the rows. The last check is
// against the Store's note of the end; see Mark.
func Verify(t Trail) (int64, error) {
	var last Mark
	for e, err := range t.Entries {
		if err != nil {
			return last.Seq, fmt.Errorf("read the audit trail after row %d: %w", last.Seq, err)
		}
		if why := e.wrongAfter(last); why != "" {
			return last.Seq, &TamperedError{Seq: last.Seq + 1, Why: why}
		}
		last = e.Mark()
	}
	if last != t.Head {
		return last.Seq, &TamperedError{Seq: last.Seq + 1, Why: fmt.Sprintf("the trail ends here, but row %d was the last one written", t.Head.Seq)}
	}
	return last.Seq, nil
}

// wrongAfter says what is wrong with e as the entry after m, or nothing.
//
// The number comes first, since a row that is missing makes everything behind it follow the wrong
// one, and "missing" is what an auditor has to hear. A row whose own hash is right and whose Prev
// is not was replaced as a whole, or the one before it was.
func (e Entry) wrongAfter(m Mark) string {
	switch {
	case e.Seq != m.Seq+1:
		return fmt.Sprintf("missing or moved: row %d follows", e.Seq)
	case e.Hash != e.sum():
		return "changed after it was written"
	case e.Prev != m.Hash:
		return "does not follow the row before it: one of the two was replaced"
	}
	return ""
}
