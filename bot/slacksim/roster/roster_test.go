package roster_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim/roster"
)

func TestThingsAreFoundByIDAndByName(t *testing.T) {
	t.Parallel()
	d := roster.NewDirectory[string]()
	id := d.Fresh("U", "alice")
	require.Equal(t, "U0ALICE00", id)
	d.Add(id, "alice", "first")
	require.Equal(t, "U0ALICE20", d.Fresh("U", "alice"), "an id is never given twice")
	d.Add("U0BOB0000", "bob", "second")
	d.Add(id, "alice", "changed")
	for _, name := range []string{"alice", "@alice", "#alice", "U0ALICE00"} {
		found, ok := d.Find(name)
		require.True(t, ok, name)
		require.Equal(t, "changed", found)
	}
	_, ok := d.Find("nobody")
	require.False(t, ok)
	require.Equal(t, []string{"changed", "second"}, d.All(), "in the order in which they came")
}

func TestOnlyFullMembersNeedNoInvitation(t *testing.T) {
	t.Parallel()
	require.True(t, (&roster.User{Name: "alice"}).FullMember())
	for _, u := range []roster.User{{IsRestricted: true}, {IsUltraRestricted: true}, {IsStranger: true}, {Deleted: true}, {IsBot: true}} {
		require.False(t, u.FullMember(), "%+v", u)
	}
}

func TestAProfileIsFilledIn(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	u := roster.User{ID: "U1", Name: "alice", Email: "alice@example.com"}
	u.Complete("T1", now)
	o := u.Object(false)
	require.Equal(t, "alice", o["real_name"])
	require.Equal(t, "T1", o["team_id"])
	require.Equal(t, "Etc/UTC", o["tz"])
	require.NotContains(t, o["profile"], "email", "that is for users:read.email")
	require.Contains(t, u.Object(true)["profile"], "email")
	stranger := roster.User{Name: "eve", IsStranger: true}
	stranger.Complete("T1", now)
	require.NotEqual(t, "T1", stranger.TeamID)
	require.Equal(t, true, stranger.Object(false)["is_stranger"])
	gone := u.Deactivated(now.Add(time.Hour))
	require.Equal(t, true, gone.Object(false)["deleted"])
	require.False(t, u.Deleted, "who looked before sees what was then")
}

func TestAGroupShowsItsMembersWhereTheyAreAskedFor(t *testing.T) {
	t.Parallel()
	g := roster.Group{ID: "S1", Handle: "leads", Members: []string{"U1"}, Disabled: true}
	require.NotContains(t, g.Object("T1", false), "users")
	require.Equal(t, []string{"U1"}, g.Object("T1", true)["users"])
	require.Equal(t, 2, g.Object("T1", false)["date_delete"])
}
