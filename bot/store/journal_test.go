package store_test

import (
	"encoding/json"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/notifier"
	"s1bot/notifier/journal"
)

// notice is a threat in a channel, not told yet.
func notice(id, channel string) journal.Notice {
	return journal.Notice{
		Source: journal.Threats, ID: id, Channel: channel, State: journal.Due, Group: "story", Created: noon,
		Version: "v1", Body: json.RawMessage(`{"id":"` + id + `","big":1234567890123456789}`),
	}
}

func record(t *testing.T, j notifier.Journal, b journal.Batch) {
	t.Helper()
	b.Source = journal.Threats
	require.NoError(t, j.Record(t.Context(), b))
}

func find(t *testing.T, j notifier.Journal, q journal.Query) []journal.Notice {
	t.Helper()
	found, err := j.Notices(t.Context(), q)
	require.NoError(t, err)
	return found
}

func idsOf(notices []journal.Notice) (ids []string) {
	for _, n := range notices {
		ids = append(ids, n.ID+"@"+n.Channel)
	}
	return ids
}

func TestACursorIsKeptForEachSource(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		c, err := j.Cursor(t.Context(), journal.Threats)
		require.NoError(t, err)
		require.Zero(t, c)
		want := journal.Cursor{Since: noon, Ready: true, Reached: map[string]time.Time{"created": noon.Add(time.Microsecond)}, Channels: []string{"C1"}}
		record(t, j, journal.Batch{Cursor: journal.Cursor{Since: noon}})
		record(t, j, journal.Batch{Cursor: want})
		c, err = open(t, address).Journal().Cursor(t.Context(), journal.Threats)
		require.NoError(t, err)
		require.Equal(t, want, c)
		c, err = j.Cursor(t.Context(), journal.Alerts)
		require.NoError(t, err)
		require.Zero(t, c)
	})
}

func TestWhatIsRecordedTwiceIsOneNotice(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		record(t, j, journal.Batch{Fresh: []journal.Notice{notice("2", "C1"), notice("1", "C1"), notice("1", "C2"), notice("2", "C1")}})
		again := notice("1", "C1")
		again.Version = "v9"
		record(t, j, journal.Batch{Fresh: []journal.Notice{again, notice("3", "C1")}})

		all := find(t, j, journal.Query{})
		require.Equal(t, []string{"2@C1", "1@C1", "1@C2", "3@C1"}, idsOf(all), "in the order they came")
		want := notice("2", "C1")
		want.Seq = all[0].Seq
		require.Equal(t, want, all[0])
		require.Less(t, all[0].Seq, all[1].Seq)
		require.Equal(t, "v1", all[1].Version, "what exists is left alone")

		versions, err := j.Versions(t.Context(), journal.Threats, []string{"1", "3", "unknown"})
		require.NoError(t, err)
		require.Equal(t, map[string]string{"1": "v1", "3": "v1"}, versions)
		versions, err = j.Versions(t.Context(), journal.Alerts, []string{"1"})
		require.NoError(t, err)
		require.Empty(t, versions)
		versions, err = j.Versions(t.Context(), journal.Threats, nil)
		require.NoError(t, err)
		require.Empty(t, versions)
	})
}

func TestTheTwoSidesOfANoticeNeverMeet(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		silent := notice("1", "")
		silent.State, silent.Version, silent.Body = journal.Silent, "", nil
		record(t, j, journal.Batch{Fresh: []journal.Notice{notice("1", "C1"), notice("1", "C2"), silent}})
		told := find(t, j, journal.Query{Channel: "C1"})[0]

		changed := notice("1", "")
		changed.Version, changed.Group, changed.Body = "v2", "other", json.RawMessage(`{"id":"1","status":"resolved"}`)
		record(t, j, journal.Batch{Changed: []journal.Notice{changed}})

		told.State, told.TS, told.Thread, told.Shown, told.Fingerprint = journal.Delivered, "1.1", "1.0", "v1", "f"
		told.Replies, told.Tries, told.Tried, told.NotBefore = 3, 2, noon, noon.Add(time.Minute)
		told.Version, told.Group, told.Body, told.Created = "old", "old", nil, noon.Add(time.Hour) // which is not Save's to write
		require.NoError(t, j.Save(t.Context(), told), "a change at the console is no conflict")

		got := find(t, j, journal.Query{Channel: "C1"})[0]
		want := told
		want.Version, want.Group, want.Body, want.Created = "v2", "other", changed.Body, noon
		want.Rev = 1
		require.Equal(t, want, got)
		require.Equal(t, "v2", find(t, j, journal.Query{Channel: "C2"})[0].Version)
		for _, n := range find(t, j, journal.Query{}) {
			if n.State == journal.Silent {
				require.Empty(t, n.Version)
				require.Nil(t, n.Body)
			}
		}
	})
}

func TestTheMessagesOfAnEndpointAreFound(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		record(t, j, journal.Batch{Fresh: []journal.Notice{notice("1", "C1"), notice("2", "C1"), notice("3", "C1")}})
		all := find(t, j, journal.Query{})
		all[0].Agent, all[1].Agent = "77", "78"
		require.NoError(t, j.Save(t.Context(), all...))
		found := find(t, j, journal.Query{Channel: "C1", Agents: []string{"77", "79", ""}})
		require.Len(t, found, 1)
		require.Equal(t, all[0].ID, found[0].ID)
		require.Equal(t, "77", found[0].Agent)
	})
}

func TestAConflictSavesNothing(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		record(t, j, journal.Batch{Fresh: []journal.Notice{notice("1", "C1"), notice("2", "C1")}})
		both := find(t, j, journal.Query{})
		both[0].TS, both[1].TS = "1.1", "2.2"
		require.NoError(t, j.Save(t.Context(), both[1]))
		require.ErrorIs(t, j.Save(t.Context(), both...), journal.ErrConflict)
		require.Empty(t, find(t, j, journal.Query{IDs: []string{"1"}})[0].TS, "all or none")
		gone := notice("3", "C1")
		require.ErrorIs(t, j.Save(t.Context(), gone), journal.ErrConflict)
		require.NoError(t, j.Save(t.Context()))

		won := atomic.Int32{}
		var all sync.WaitGroup
		other := open(t, address).Journal()
		for n := range 20 {
			j := []notifier.Journal{j, other}[n%2]
			all.Go(func() {
				if j.Save(t.Context(), both[0]) == nil {
					won.Add(1)
				}
			})
		}
		all.Wait()
		require.EqualValues(t, 1, won.Load())
	})
}

func TestWhatIsThereToDoInAChannel(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		add := func(id, channel string, set func(*journal.Notice)) {
			n := notice(id, channel)
			set(&n)
			record(t, j, journal.Batch{Fresh: []journal.Notice{n}})
		}
		add("later", "C1", func(n *journal.Notice) { n.NotBefore = noon.Add(time.Hour) })
		add("due", "C1", func(n *journal.Notice) {})
		add("sending", "C1", func(n *journal.Notice) { n.State = journal.Sending })
		add("elsewhere", "C2", func(n *journal.Notice) {})
		add("root", "C1", func(n *journal.Notice) { n.State, n.Shown = journal.Delivered, "v1" })
		add("reply", "C1", func(n *journal.Notice) { n.State, n.Shown, n.Thread = journal.Delivered, "v0", "1.1" })
		add("other root", "C1", func(n *journal.Notice) { n.State, n.Shown, n.Group = journal.Delivered, "", "other" })
		add("muted", "C1", func(n *journal.Notice) { n.State = journal.Silent })

		in := func(q journal.Query) []string { q.Channel = "C1"; return idsOf(find(t, j, q)) }
		require.Equal(t, []string{"due@C1", "sending@C1", "later@C1"}, in(journal.Query{Want: journal.ToPost}))
		require.Equal(t, []string{"due@C1"}, in(journal.Query{Want: journal.ToPost, Limit: 1}))
		require.Equal(t, []string{"reply@C1", "other root@C1"}, in(journal.Query{Want: journal.ToEdit}))
		require.Equal(t, []string{"root@C1", "other root@C1"}, in(journal.Query{Want: journal.Roots}))
		require.Equal(t, []string{"root@C1"}, in(journal.Query{Want: journal.Roots, Source: journal.Threats, Group: "story"}))
		require.Equal(t, []string{"due@C1", "root@C1"}, in(journal.Query{IDs: []string{"root", "due", "none"}}))
		require.Empty(t, in(journal.Query{Source: journal.Alerts}))
		require.Len(t, find(t, j, journal.Query{Limit: 3}), 3)
	})
}

func TestOnlyWhatIsDoneIsForgotten(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		states := []journal.State{journal.Due, journal.Sending, journal.Delivered, journal.Silent}
		for i, at := range []time.Time{noon, noon.Add(time.Hour)} {
			for _, state := range states {
				n := notice(fmt.Sprint(state, i), "C1")
				n.State, n.Created = state, at
				record(t, j, journal.Batch{Fresh: []journal.Notice{n}})
			}
		}
		record(t, j, journal.Batch{Forget: noon.Add(time.Hour)})
		require.Equal(t, []string{"due0@C1", "sending0@C1", "due1@C1", "sending1@C1", "told1@C1", "silent1@C1"}, idsOf(find(t, j, journal.Query{})))
	})
}

func TestABatchIsRecordedWholeOrNotAtAll(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		meddle(t, address, `DELETE FROM notices_head`)
		err := j.Record(t.Context(), journal.Batch{Source: journal.Threats, Cursor: journal.Cursor{Ready: true}, Fresh: []journal.Notice{notice("1", "C1")}})
		require.Error(t, err)
		c, err := j.Cursor(t.Context(), journal.Threats)
		require.NoError(t, err)
		require.False(t, c.Ready, "the cursor did not move past what was lost")
	})
}

func TestAHostileIDIsKnownAgain(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		id := "x\x00\xff'; --"
		record(t, j, journal.Batch{Fresh: []journal.Notice{notice(id, "C1")}})
		versions, err := j.Versions(t.Context(), journal.Threats, []string{id})
		require.NoError(t, err)
		require.Equal(t, map[string]string{id: "v1"}, versions)
	})
}

func TestAThousandIdsAtOnce(t *testing.T) {
	onEach(t, func(t *testing.T, address string) {
		j := open(t, address).Journal()
		var fresh []journal.Notice
		var ids []string
		for n := range 1000 {
			ids = append(ids, fmt.Sprint(n))
			fresh = append(fresh, notice(ids[n], "C1"))
		}
		record(t, j, journal.Batch{Fresh: fresh})
		versions, err := j.Versions(t.Context(), journal.Threats, ids)
		require.NoError(t, err)
		require.Len(t, versions, 1000)
		require.Equal(t, ids[0]+"@C1", idsOf(find(t, j, journal.Query{Want: journal.ToPost, Limit: 1}))[0])
	})
}
