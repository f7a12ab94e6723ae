package main

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

	"s1bot/s1/s1sim"
)

// screenshots is where the browser test leaves its pictures; git ignores it.
var screenshots = filepath.Join("..", "..", "screenshots")

// TestTheDemoInABrowser plays the main job in the demo's page, as a person would: look at endpoints, ask for an isolation, be
// refused as one's own approver, have somebody else approve, and deal with a threat that appears.
func TestTheDemoInABrowser(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("NO BROWSER TEST: there is no chromium on this machine (.ci/setup installs it)")
	}
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(screenshots, 0o750))
	d := runDemo(t)
	d.sim.AddThreat(s1sim.ThreatSpec{Name: "invoice_2026.pdf.exe", Agent: "DESKTOP-2", Confidence: "malicious"})
	b := browse(t, chromium, d.page)

	b.open("alice", "soc")
	b.do("letters, digits and spaces are of a text font", truth(`(c => { c.font = getComputedStyle(document.body).font; return c.measureText(" 1").width < c.measureText("m").width * 1.2 })(document.createElement("canvas").getContext("2d"))`))
	b.say("/s1 list-agents DESKTOP")
	b.waitText("page 1 of")
	b.picture("1-list")

	b.say(`/s1 isolate DESKTOP-3 reason="beaconing to 203.0.113.9" ticket=INC-1042`)
	b.waitText("Waiting for approval")
	b.channel("approvals")
	b.waitText("Approval needed")
	b.press("Approve")
	b.waitText("You requested this yourself")
	b.picture("2-approval-refused")

	b.person("bob", "approvals")
	b.waitText("Approval needed")
	b.press("Approve")
	b.waitText("Approved by")
	b.waitText("Successful")
	b.picture("3-approved")
	require.Len(t, d.sim.Changes(), 1)
	require.Contains(t, d.sim.Changes()[0].Body, d.sim.Agent("DESKTOP-3")["id"])

	b.person("alice", "threats")
	b.waitText("invoice_2026.pdf.exe")
	b.picture("4-threat")
	b.choose("Verdict", "True Positive")
	b.waitText("True Positive")
	b.choose("Mitigate", "Kill")
	b.waitModal()
	b.picture("5-form")
	b.phone()
	b.open("bob", "approvals")
	b.waitText("Approved by")
	b.picture("6-phone")
}

// TestThePageIsASmallSlack is about the page alone: what people write stays text, what is new is marked until it was looked at,
// Escape closes a form wherever the focus is, a reply that was sent to the channel stands there, too, a reload forgets nothing, and nothing is asked of any other server.
func TestThePageIsASmallSlack(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("NO BROWSER TEST: there is no chromium on this machine (.ci/setup installs it)")
	}
	require.NoError(t, err)
	d := runDemo(t)
	b := browse(t, chromium, d.page)

	b.open("alice", "soc")
	b.say(`<img src=x onerror="document.title='owned'"><script>document.title='owned'</script> <javascript:alert(1)|here> *bold*`)
	b.waitText(`<img src=x onerror=`)
	b.do("it is text", truth(`document.querySelectorAll('.msg-body :is(img, script, [onerror], a[href^="javascript"])').length === 0`))
	b.do("its marks are drawn", truth(`document.querySelector('.msg-body strong')?.textContent === "bold"`))

	b.open("bob", "random")
	b.do("what is new is marked", truth(`document.querySelector('[data-testid="unread-soc"]')?.textContent === "1"`))
	b.channel("soc")
	b.channel("random") // at once: it counts as read all the same
	b.do("what was looked at is not", truth(`document.querySelector('[data-testid="unread-soc"]') === null`))
	require.Eventually(t, func() bool { return unread(t, d.page, "bob", "soc") == 0 }, patience, 20*time.Millisecond, "the server knows it, too")

	b.say("/s1")
	b.waitModal()
	b.do("Escape closes a form that has lost the focus", truth(`(() => {
		document.activeElement.blur();
		document.body.dispatchEvent(new KeyboardEvent("keydown", {key: "Escape", bubbles: true}));
		return document.querySelector('[data-testid="modal"]') === null;
	})()`))

	d.sim.AddThreat(s1sim.ThreatSpec{Name: "odd.exe", Agent: "DESKTOP-1", Confidence: "suspicious", Storyline: "7F3A"})
	b.channel("threats")
	b.waitText("odd.exe")
	d.sim.AddThreat(s1sim.ThreatSpec{Name: "grave.exe", Agent: "DESKTOP-1", Confidence: "malicious", Storyline: "7F3A"})
	b.waitText("replied to a thread:")
	b.waitText("Malicious · Malware · grave.exe")
	b.do("go to its thread", click(`[data-testid="root"]`))
	b.waitText("Also sent to #threats")

	b.do("load it again", chromedp.Navigate(b.page+"?again#alice/soc"), chromedp.WaitVisible(chromedp.CSS(`[data-testid="composer"]`)))
	b.waitText(`<img src=x onerror=`)
	b.do("nothing comes from elsewhere", truth(`performance.getEntriesByType("resource").every((e) => e.name.startsWith(location.origin))`))
}

// unread is how many messages of a channel somebody has not seen, as the server counts.
func unread(t *testing.T, page, who, channel string) int {
	t.Helper()
	answer, err := http.Get(page + "demo/state?user=" + who)
	require.NoError(t, err)
	defer func() { _ = answer.Body.Close() }()
	var state struct {
		Channels []struct {
			Name   string
			Unread int
		}
	}
	require.NoError(t, json.NewDecoder(answer.Body).Decode(&state))
	for _, c := range state.Channels {
		if c.Name == channel {
			return c.Unread
		}
	}
	return -1
}

// runDemo runs the demo on a free port until the test ends.
func runDemo(t *testing.T) *demo {
	t.Helper()
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	d, err := startDemo(ctx, "127.0.0.1:0", slog.New(slog.NewTextHandler(newTestLog(t), &slog.HandlerOptions{Level: slog.LevelWarn})))
	require.NoError(t, err)
	ended := make(chan error, 1)
	go func() { ended <- d.run(ctx, time.Hour) }()
	t.Cleanup(func() {
		cancel()
		require.NoError(t, <-ended)
		require.NoError(t, d.close())
	})
	require.NoError(t, d.workspace.WaitSockets(t.Context(), 2))
	return d
}

// A browser is a page that a test drives.
type browser struct {
	t    *testing.T
	ctx  context.Context
	page string
}

func browse(t *testing.T, chromium, page string) *browser {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.WindowSize(1280, 800), chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true), chromedp.Flag("disable-sync", true))
	allocator, cancel := chromedp.NewExecAllocator(context.WithoutCancel(t.Context()), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	ctx, cancel = context.WithTimeout(ctx, 3*time.Minute)
	t.Cleanup(cancel)
	require.NoError(t, chromedp.Do(ctx), "start the browser") // whose context it starts with ends it
	return &browser{t: t, ctx: ctx, page: page}
}

func (b *browser) do(what string, steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	if err := chromedp.Do(ctx, steps...); err != nil {
		b.picture("failed")
		require.NoError(b.t, err, what)
	}
}

// open shows a channel as a person.
func (b *browser) open(who, channel string) {
	b.t.Helper()
	b.do("open the page", chromedp.Navigate(b.page+"#"+who+"/"+channel), chromedp.WaitVisible(chromedp.CSS(`[data-testid="composer"]`)))
}

func (b *browser) channel(name string) {
	b.t.Helper()
	b.do("go to #"+name, click(`[data-testid="channel-`+name+`"]`))
}

// person switches to somebody with the menu, and to a channel.
func (b *browser) person(who, channel string) {
	b.t.Helper()
	b.do("switch to "+who, click(`[data-testid="person-switcher"]`), click(`[data-testid="person-`+who+`"]`))
	b.do("wait for "+who, truth(fmt.Sprintf(`document.querySelector('[data-testid="person-switcher"]').innerText.toLowerCase().includes(%q)`, who)))
	b.channel(channel)
}

// say types into the composer, once the channel is there: a page that still loads draws its composer again.
func (b *browser) say(text string) {
	b.t.Helper()
	b.do("type "+text, truth(`document.querySelector('[aria-current="page"]') !== null`),
		truth(fmt.Sprintf(`(c => { c.focus(); c.value = %q; c.dispatchEvent(new Event("input", {bubbles: true})); return c.value === %q })(document.querySelector('[data-testid="composer"]'))`, text, text)),
		click(`[data-testid="send"]:not([disabled])`))
}

func (b *browser) waitText(text string) {
	b.t.Helper()
	b.do("wait for "+text, truth(fmt.Sprintf("document.body.innerText.includes(%q)", text)))
}

func (b *browser) waitModal() {
	b.t.Helper()
	b.do("wait for a form", chromedp.WaitVisible(chromedp.CSS(`[data-testid="modal"]`)))
}

// press clicks the newest button with a label.
func (b *browser) press(label string) {
	b.t.Helper()
	b.do("press "+label, clickPath(`(//*[@data-testid="message"]//button[normalize-space()="`+label+`"])[last()]`))
}

// choose picks an option from the newest menu with a label.
func (b *browser) choose(menu, option string) {
	b.t.Helper()
	b.do("open the menu "+menu, clickPath(`(//*[@data-testid="select"][contains(normalize-space(), "`+menu+`")])[last()]`))
	b.do("choose "+option, clickPath(`//*[@data-testid="option"][contains(normalize-space(), "`+option+`")]`))
}

// phone makes the window as small as a phone's.
func (b *browser) phone() {
	b.t.Helper()
	b.do("shrink", chromedp.EmulateViewport(390, 844))
}

// click waits for an element and clicks it in the same breath: a list that is drawn again meanwhile does not matter.
func click(selector string) chromedp.Action[chromedp.Void] {
	return truth(fmt.Sprintf("(e => e !== null && (e.click(), true))(document.querySelector(%q))", selector))
}

// clickPath is click by XPath, which can look for words.
func clickPath(path string) chromedp.Action[chromedp.Void] {
	return truth(fmt.Sprintf("(e => e !== null && (e.click(), true))(document.evaluate(%q, document, null, XPathResult.FIRST_ORDERED_NODE_TYPE, null).singleNodeValue)", path))
}

// truth waits until an expression is true in the page.
func truth(expression string) chromedp.Action[chromedp.Void] {
	return func(ctx context.Context, t *chromedp.Target) (chromedp.Void, error) {
		_, err := chromedp.Poll[bool](expression)(ctx, t)
		return chromedp.Void{}, err
	}
}

// picture is taken when nothing moves any more: a form that fades in shows what is behind it.
func (b *browser) picture(name string) {
	b.t.Helper()
	b.do("let it settle", truth(`document.getAnimations().every(a => a.playState !== "running" || a.effect.getComputedTiming().iterations === Infinity)`))
	png, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.t.Logf("no picture of %s: %v", name, err)
		return
	}
	require.NoError(b.t, os.WriteFile(filepath.Join(screenshots, name+".png"), png, 0o600))
}
