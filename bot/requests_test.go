package bot

import (
	"encoding/json"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"s1bot/approvals"
	"s1bot/approvals/policy"
	"s1bot/bot/webapi/webapitest"
	"s1bot/commands"
)

// asks is alice who asks for an isolation; it returns the card of the request.
func (k *kit) asks() (card said, ref string) {
	k.t.Helper()
	k.types(alice, "isolate DESKTOP-1 reason=beaconing").has("Waiting for approval")
	card = k.posted(approvalsChannel)[0]
	return card, regexp.MustCompile(`A-[0-9A-Z]{4,}`).FindString(card.text())
}

func (k *kit) request(ref string) approvals.Request {
	k.t.Helper()
	req, err := k.bot.Ledger.Get(k.t.Context(), ref)
	require.NoError(k.t, err)
	return req
}

func TestAnApprovalRunsItOnceAndTellsWhoAsked(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.clicks(bob, card, "Approve")
	k.await(alice, "DESKTOP-1")
	require.Len(t, k.console.Changes(), 1)
	require.Contains(t, k.console.Changes()[0].Path, "disconnect")
	require.Equal(t, approvals.Done, k.request(ref).State)
	k.clicks(carol, card, "Approve").has("This has already been decided.")
	require.Len(t, k.console.Changes(), 1)
	require.Equal(t, "approve failed", k.metered.last())
}

func TestWhoMayNotDecideDoesNot(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.clicks(alice, card, "Approve").has("You requested this yourself")
	k.clicks(dave, card, "Approve").has("You're not an approver for this request, so you can't decide it. These can: ", bob)
	k.clicks(guest, card, "Approve").has("Only full members")
	k.clicks(bob, card, "Withdraw").has("Only the requester can withdraw this: ", alice)
	k.types(dave, "approve "+ref).has("You're not an approver")
	k.types(bob, "approve A-ZZZZ").has("There is no such request.")
	k.types(bob, "approve").has("Which request? Give the reference on its card", "/s1 pending")
	require.Equal(t, approvals.Pending, k.request(ref).State)
	require.Empty(t, k.console.Changes())
}

// What is isolated is counted when somebody asks: they look for what they did a minute ago.
func TestWhatIsIsolatedIsListed(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(dave, "isolated").has("No endpoint is isolated right now.")
	k.types(alice, "isolate DESKTOP-1 for=2h reason=beaconing").has("Waiting for approval")
	card := k.posted(approvalsChannel)[0]
	k.clicks(bob, card, "Approve")
	k.await(alice, "DESKTOP-1")
	ref := regexp.MustCompile(`A-[0-9A-Z]{4,}`).FindString(card.text())
	k.types(alice, "isolated").has("Isolated now (1)", "DESKTOP-1", "until", "since", alice, bob, ref, "Extend", "Reconnect")
	k.types(dave, "what is isolated").has("Isolated now (1)")
	k.types(dave, "help").has("isolated")
}

func TestADenialNeedsAReason(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	form := k.clicks(bob, card, "Deny")
	require.Equal(t, "views.open", form.Method)
	require.Equal(t, approvals.Pending, k.request(ref).State)
	wrong := k.bot.intake.Forms.CheckForm(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("interactive", filledIn(k, bob, form, map[string]string{"reason": " "}), nil)).Payload)
	body, err := json.Marshal(wrong)
	require.NoError(t, err)
	require.Contains(t, string(body), "Please say why. The requester will see this.")
	k.sends(bob, form, map[string]string{"reason": "not today"})
	k.await(alice, "not today")
	require.Equal(t, approvals.Denied, k.request(ref).State)
	require.Empty(t, k.console.Changes())
	k.clicks(dave, card, "Deny").has("This has already been decided")
}

// Who may not deny is not asked for a reason first, and a message has no trigger for a form.
func TestADenialByMessageSaysHow(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	k.writes(bob, "", "deny "+ref).has("A denial needs a reason, so nothing was decided yet.")
	k.writes(dave, "", "deny "+ref).has("You're not an approver")
	k.writes(bob, "", "deny "+ref+` reason="not today"`)
	require.Equal(t, approvals.Denied, k.request(ref).State)
}

// "approve A-7F3A? never, deny it" may be talk: nothing is decided, and the buttons are offered.
func TestTalkAboutADecisionDecidesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	talk := k.writes(bob, "", "approve "+ref+"? never, deny it")
	talk.has("may be just conversation, so nothing was decided", "DESKTOP-1")
	require.Equal(t, approvals.Pending, k.request(ref).State)
	require.Contains(t, talk.labels(), "Approve")
	k.writes(bob, "", "should we approve "+ref+" now").has("nothing was decided")
	k.writes(bob, "", "freeze everything please").has("nothing was decided")
	k.writes(bob, "", "approve it, please").has("add the request's reference")
	require.Equal(t, approvals.Pending, k.request(ref).State)
	k.clicks(bob, talk, "Approve")
	k.await(alice, "DESKTOP-1")
}

func TestTheRequesterWithdraws(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	asked := k.types(alice, "isolate DESKTOP-1 reason=beaconing")
	ref := regexp.MustCompile(`A-[0-9A-Z]{4,}`).FindString(asked.text())
	k.clicks(alice, asked, "Withdraw")
	require.Equal(t, approvals.Withdrawn, k.request(ref).State)
	replaced := k.slack.Calls("/respond")
	require.Contains(t, string(replaced[len(replaced)-1].Body), `"replace_original":true`, "no live button stays")
}

func TestWhatWouldBeSentIsShown(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.picks(bob, card, "Raw request").has("disconnect")
	shown := k.types(bob, "review "+ref)
	shown.has("DESKTOP-1")
	k.types(bob, "raw "+ref).has("disconnect")
	k.writes(bob, "", "review "+ref).has("DESKTOP-1")
}

// The button of one request on the card of another: whoever clicks sees something else than they would decide.
func TestAButtonOnTheCardOfAnotherRequestIsForged(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.types(alice, "isolate DESKTOP-2 reason=beaconing")
	other := k.posted(approvalsChannel)[0]
	button := card.button("Approve")
	k.click(bob, other, button)
	k.answer().has("This button is too old to work")
	require.Equal(t, approvals.Pending, k.request(ref).State)
}

func TestAFreezeStopsChangesAndTwoPeopleEndIt(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.types(dave, "freeze ransomware").has("approver")
	k.types(bob, "freeze ransomware at HQ")
	k.types(alice, "isolate DESKTOP-2 reason=x").has("Changes are frozen")
	k.clicks(carol, card, "Approve").has("Changes are frozen")
	require.Equal(t, approvals.Pending, k.request(ref).State)
	k.types(bob, "thaw")
	k.types(carol, "thaw")
	k.types(alice, "isolate DESKTOP-2 reason=x").has("Waiting for approval")
	k.types(bob, "thaw").has("Nothing is frozen.")
}

// A click counts as soon as can be told who made it: it is put off, said once, and taken up again.
func TestADecisionWithoutAnAnswerIsPutOff(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.slack.On("users.info", webapitest.No("internal_error_of_ours"))
	k.clicks(bob, card, "Approve").has("Your decision is saved.", "You don't need to repeat it.")
	require.Equal(t, approvals.Pending, k.request(ref).State)
	require.Empty(t, k.bot.scheduler.Later.Due(k.now()), "not at once")
	k.slack.On("users.info", member)
	k.later(time.Minute)
	k.bot.scheduler.TakeUpLater(t.Context(), k.now())
	k.await(alice, "DESKTOP-1")
	require.Equal(t, approvals.Done, k.request(ref).State)
}

// What was put off for too long, or is about a request that others decided, counts no more; the person hears so.
func TestADecisionThatIsPutOffForTooLongIsOver(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	card, ref := k.asks()
	k.slack.On("users.info", webapitest.No("internal_error_of_ours"))
	k.clicks(bob, card, "Approve").has("Your decision is saved.")
	due := k.bot.scheduler.Later.Due(k.now().Add(time.Minute))
	require.Len(t, due, 1)
	k.later(approvals.MaxHold + time.Minute)
	k.slack.Forget()
	k.bot.scheduler.Process(t.Context(), due[0])
	require.NotContains(t, k.answer().text(), "Your decision is saved.")
	require.Empty(t, k.bot.scheduler.Later.Due(k.now().Add(time.Hour)))
	require.NotEqual(t, approvals.Done, k.request(ref).State)
}

func TestPendingListsWhatIsMineAndWhatWaitsForMe(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	_, ref := k.asks()
	k.types(alice, "pending").has(ref)
	waits := k.types(bob, "pending").has(ref)
	require.Contains(t, waits.labels(), "Approve")
	require.NotContains(t, k.types(dave, "pending").text(), ref)
	k.clicks(bob, waits, "Approve")
	replaced := slices.ContainsFunc(k.slack.Calls("/respond"), func(c webapitest.Call) bool {
		return strings.Contains(string(c.Body), `"replace_original":true`) && strings.Contains(said{c, t}.text(), "Nothing is waiting")
	})
	require.True(t, replaced, "no stale button stays in the list")
	k.await(alice, "DESKTOP-1")
	_, ref = k.asks()
	mine := k.types(alice, "pending").has(ref)
	k.clicks(alice, mine, "Withdraw")
	require.Contains(t, string(k.slack.Calls("/respond")[len(k.slack.Calls("/respond"))-1].Body), "Nothing is waiting")
	_, ref = k.asks()
	form := k.clicks(bob, k.types(bob, "pending").has(ref), "Deny")
	require.Contains(t, form.Get("view"), "Why?")
	k.sends(bob, form, map[string]string{"reason": "not today"})
	require.Contains(t, string(k.slack.Calls("/respond")[len(k.slack.Calls("/respond"))-1].Body), "Nothing is waiting", "neither after the form of a denial")
}

// An extension that waits is listed for those who may approve it and for who asked, also after a restart: it is in the row.
func TestPendingListsExtensionsThatWait(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(alice, "isolate DESKTOP-1 for=1h reason=beaconing").has("Waiting for approval")
	card := k.posted(approvalsChannel)[0]
	ref := regexp.MustCompile(`A-[0-9A-Z]{4,}`).FindString(card.text())
	k.clicks(bob, card, "Approve")
	k.await(alice, "DESKTOP-1")
	k.types(alice, "extend "+ref+" for=2h").has("I asked the approvers")
	require.NotContains(t, k.types(alice, "pending").has("Extension by 2 hours").labels(), "Extend by 2 hours")
	require.NotContains(t, k.types(dave, "pending").text(), "Extension")
	waits := k.types(bob, "pending").has("Extension by 2 hours")
	require.Contains(t, waits.labels(), "Extend by 2 hours")
	k.clicks(bob, waits, "Extend by 2 hours")
	require.Len(t, k.request(ref).Term.Extensions, 1)
	k.types(carol, "pending").has("Nothing is waiting")
}

// A request that is held after its approval does not run, and a list that said so would be a reason not to look.
func TestARowOfAListSaysWhereARequestStands(t *testing.T) {
	t.Parallel()
	for state, says := range map[approvals.State]string{
		approvals.Pending: "0 of 1 approvals", approvals.Approved: "approved, not run yet", approvals.Running: "· running", approvals.Interrupted: "may have run",
	} {
		row := myWords{catalog: commands.All()}.row(approvals.Request{}, approvals.Request{Ref: "A-7F3A", Title: "Isolate", Requester: alice, State: state, Plan: json.RawMessage(`{}`)})
		require.Contains(t, fmt.Sprint(row.Small), says, state)
	}
}

func TestWhoamiSaysWhichRolesAndWhy(t *testing.T) {
	t.Parallel()
	k := newKit(t, func(s *policy.Settings) { s.Approvers = append(s.Approvers, policy.Members([]string{"S0LEADS"})...) })
	k.slack.On("usergroups.users.list", webapitest.OK(`{"ok":true,"users":["U0DAVE"]}`))
	k.types(alice, "whoami").has("operators", "approvers")
	k.types(dave, "whoami").has("approvers")
	k.slack.On("usergroups.users.list", webapitest.No("missing_scope"))
	k.later(2 * time.Minute)
	k.types(dave, "whoami").has("user groups")
}

func TestADryRunChangesNothing(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(alice, "can isolate DESKTOP-1 reason=x").has("DESKTOP-1")
	k.types(dave, "can isolate DESKTOP-1 reason=x").has("operators")
	require.Empty(t, k.console.Changes())
	require.Empty(t, k.posted(approvalsChannel))
}

// A term is extended by those who may approve it; without a length a form asks for one.
func TestAnIsolationWithAnEndIsExtended(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.types(alice, "isolate DESKTOP-1 for=4h reason=beaconing")
	card := k.posted(approvalsChannel)[0]
	ref := regexp.MustCompile(`A-[0-9A-Z]{4,}`).FindString(card.text())
	k.clicks(bob, card, "Approve")
	k.await(alice, "DESKTOP-1")
	before := k.request(ref).Term.Ends
	form := k.types(bob, "extend "+ref)
	require.Equal(t, "views.open", form.Method)
	wrong, err := json.Marshal(k.bot.intake.Forms.CheckForm(t.Context(), k.bot.intake.Reader.Envelope(k.envelope("interactive", filledIn(k, bob, form, map[string]string{"for": "soon"}), nil)).Payload))
	require.NoError(t, err)
	require.Contains(t, string(wrong), "errors")
	k.sends(bob, form, map[string]string{"for": "2h"})
	require.Equal(t, 2*time.Hour, k.request(ref).Term.Ends.Sub(before))
	k.writes(bob, "", "extend "+ref).has("An extension needs a duration")
	k.writes(bob, "", "extend "+ref+" for 3h please")
	require.Equal(t, 5*time.Hour, k.request(ref).Term.Ends.Sub(before))
	k.types(dave, "extend "+ref+" for=4h").has("approver")
	k.types(bob, "extend").has("Which isolation?")
	offer := k.writes(bob, "", "extend "+ref+" for 1h, the user is away").has("nothing was extended", "the user is away")
	require.Equal(t, 5*time.Hour, k.request(ref).Term.Ends.Sub(before))
	k.clicks(bob, offer, "Extend by 1h")
	require.Equal(t, 6*time.Hour, k.request(ref).Term.Ends.Sub(before))
	k.clicks(bob, offer, "Extend by 1h")
	require.Equal(t, 6*time.Hour, k.request(ref).Term.Ends.Sub(before), "it is for one more")
	k.types(bob, "extend "+ref+" 2h because of the audit")
	require.Equal(t, 8*time.Hour, k.request(ref).Term.Ends.Sub(before))
	for _, offered := range []said{
		k.types(bob, "extend DESKTOP-1 by 4 hours"), k.writes(bob, "", "extend desktop-1 for 4 more hours please"), k.writes(bob, "", "give DESKTOP-1 another 4h"), k.types(bob, "keep DESKTOP-1 isolated for 4 more hours"),
	} {
		require.Contains(t, offered.has(ref, "Nothing was extended yet").labels(), "Extend by 4 hours")
	}
	k.types(bob, "extend DESKTOP-2 by 4 hours").has("No isolation with an end time is running on DESKTOP-2", "DESKTOP-1", ref)
	require.Equal(t, 8*time.Hour, k.request(ref).Term.Ends.Sub(before), "a name extends nothing")
	trail, err := k.bot.Ledger.Audit(t.Context(), approvals.AuditQuery{Action: approvals.ActionExtended})
	require.NoError(t, err)
	var kept []string
	for e, err := range trail.Entries {
		require.NoError(t, err)
		kept = append(kept, string(e.Detail))
	}
	require.Len(t, kept, 4)
	require.Contains(t, kept[2], "the user is away")
	require.Contains(t, kept[3], "the audit")
}

// A request whose card nobody can see is no request that waits silently: the operators hear of the channel, once.
func TestARequestWhoseCardSlackRefusesIsToldToOperators(t *testing.T) {
	t.Parallel()
	k := newKit(t, nil)
	k.slack.On("chat.postMessage", func(c webapitest.Call) (int, http.Header, string, error) {
		if c.Get("channel") == approvalsChannel {
			return webapitest.No("not_in_channel")(c)
		}
		return webapitest.OK(`{"ok":true,"channel":"D1","ts":"1.1"}`)(c)
	})
	k.types(alice, "isolate DESKTOP-1 reason=beaconing")
	k.await(bob, "/invite @s1bot")
	require.Empty(t, k.console.Changes())
	k.types(alice, "isolate DESKTOP-2 reason=beaconing")
	require.Empty(t, k.posted(bob), "they know")
}
