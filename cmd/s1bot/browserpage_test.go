package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/slack-go/slack"
	"github.com/stretchr/testify/require"

	"s1bot/bot/slacksim"
	"s1bot/s1/s1sim"
)

// axeCore is the library that judges a page for people with keyboards and screen readers; .ci/setup installs it.
var axeCore = filepath.Join("..", "..", ".ci", "axe", "node_modules", "axe-core", "axe.min.js")

// TestThePageOnADeskAndOnAPhone goes through the parts of the page at both sizes: a threat's card fits a phone with all its buttons, Details
// open over it, the Home tab and shortcuts are there, forms unfold, and axe-core finds nothing serious.
func TestThePageOnADeskAndOnAPhone(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("NO BROWSER TEST: there is no chromium on this machine (.ci/setup installs it)")
	}
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(screenshots, 0o750))
	d := runDemo(t)
	d.sim.AddThreat(s1sim.ThreatSpec{Name: "invoice_2026.pdf.exe", Agent: "DESKTOP-2", Confidence: "malicious", Classification: "Ransomware"})
	b := browse(t, chromium, d.page)
	for _, size := range []struct {
		name, analyst string // two people: what one of them has on the screen already is not taken for what comes
		width, height int64
	}{{"desk", "alice", 1280, 800}, {"phone", "carol", 390, 844}} {
		b.do("resize", chromedp.EmulateViewport(size.width, size.height))
		b.open(size.analyst, "threats")
		b.waitText("Malicious · Ransomware · invoice_2026.pdf.exe")
		b.picture("threat-" + size.name)
		b.do("the card and all its buttons are on one screen", truth(`(m => m.getBoundingClientRect().height < innerHeight - 150)([...document.querySelectorAll('[data-testid="message"]')].at(-1))`))
		b.accessible("threats on a " + size.name)

		b.do("open ⋯", clickPath(`(//*[@data-testid="message"]//*[@data-testid="overflow"])[last()]`))
		b.do("Details", clickPath(`//*[@data-testid="option"][contains(normalize-space(), "Details")]`))
		b.waitModal()
		b.waitText("Storyline")
		b.picture("details-" + size.name)
		b.accessible("details on a " + size.name)
		b.do("close", click(`[data-testid="modal-close"]`))

		b.open(size.analyst, "soc")
		b.say("/s1 list-agents DESKTOP")
		b.waitText("page 1 of")
		b.do("a list is a data table", truth(`document.querySelector("table caption, .data-table") !== null`))
		b.picture("list-" + size.name)
		b.sorts()
		b.picksColumns(size.name)
		b.say("/s1 run-script")
		b.waitModal()
		b.picture("form-" + size.name)
		b.accessible("a form on a " + size.name)
		b.do("unfold", clickPath(`//*[@data-testid="modal"]//button[normalize-space()="Advanced"]`))
		b.waitText("to narrow them down")
		b.do("close", click(`[data-testid="modal-close"]`))

		b.decides(map[string]string{"desk": "SRV-SQL-1", "phone": "SRV-FILE-1"}[size.name])
		b.looksUp(size.name)

		b.open(size.analyst, "s1bot")
		b.bothTabs(size.name)
	}
	b.open("alice", "random")
	b.turnsPages(d.settings["SLACK_API_URL"], d.workspace.ChannelID("#random"))
	b.open("alice", "soc")
	b.do("shortcuts", click(`[data-testid="shortcuts"]`))
	b.waitText("Run a SentinelOne command")
}

// bothTabs asks in the app's direct messages, and opens its Home.
func (b *browser) bothTabs(size string) {
	b.t.Helper()
	b.do("the Messages tab", click(`[data-testid="tab-messages"]`))
	b.say("agents DESKTOP limit=2")
	b.waitText("Only the first 2 are listed")
	b.accessible("direct messages on a " + size)
	b.do("the Home tab", click(`[data-testid="tab-home"]`))
	b.do("is published", truth(`document.querySelectorAll('[data-testid="home"] .block').length > 0`))
	b.picture("home-" + size)
	b.accessible("home on a " + size)
}

// sorts orders the newest list by its first column, up and down.
func (b *browser) sorts() {
	b.t.Helper()
	const first = `[...document.querySelectorAll('.data-table')].at(-1)`
	for _, order := range []string{"ascending", "descending"} {
		b.do("sort by a column", truth(`(e => e !== undefined && (e.querySelector('button.sort').click(), true))(`+first+`)`))
		b.do(order, truth(fmt.Sprintf(`%s.querySelector('th[aria-sort="%s"]') !== null`, first, order)))
		b.do("the rows are "+order, truth(fmt.Sprintf(`(names => names.join() === [...names].sort((a, b) => %s).join())([...%s.querySelectorAll('tbody tr')].map((row) => row.cells[0].innerText))`,
			map[string]string{"ascending": "a.localeCompare(b)", "descending": "b.localeCompare(a)"}[order], first)))
	}
}

// picksColumns opens the form of a list's columns, sends it with Ctrl+Enter, and sees the list without what was left out.
func (b *browser) picksColumns(size string) {
	b.t.Helper()
	b.do("open ⋯", clickPath(`(//*[@data-testid="message"]//*[@data-testid="overflow"])[last()]`))
	b.do("Columns", clickPath(`//*[@data-testid="option"][normalize-space()="Columns"]`))
	b.waitModal()
	b.waitText("Nobody else's lists change")
	b.accessible("columns on a " + size)
	b.picture("columns-" + size)
	b.do("Ctrl+Enter sends the form", truth(`(e => e !== null && (e.dispatchEvent(new KeyboardEvent("keydown", {key: "Enter", ctrlKey: true, bubbles: true})), true))(document.querySelector('[data-testid="modal"] button'))`))
	b.do("it is gone", truth(`document.querySelector('[data-testid="modal"]') === null`))
}

// decides asks for the isolation of a server as alice; bob thinks twice in the dialog that asks before Approve, then approves.
func (b *browser) decides(server string) {
	b.t.Helper()
	b.say("/s1 isolate " + server + ` reason="beaconing"`)
	b.waitText("Waiting for approval")
	b.open("bob", "approvals")
	b.waitText(server)
	b.press("Approve")
	b.do("a dialog asks first", truth(`document.querySelector('[data-testid="confirm"]')?.innerText.includes("Approve?")`))
	b.accessible("a dialog about " + server)
	b.do("not yet", click(`[data-testid="confirm-no"]`))
	b.do("nothing was decided", truth(`document.querySelector('[data-testid="confirm"]') === null && ![...document.querySelectorAll('[data-testid="message"]')].at(-1).innerText.includes("Approved by")`))
	b.press("Approve")
	b.do("yes", click(`[data-testid="confirm-yes"]`))
	b.do("it is approved", truth(fmt.Sprintf(`[...document.querySelectorAll('[data-testid="message"]')].some((m) => m.innerText.includes("Approved by") && m.innerText.includes(%q))`, server)))
}

// looksUp finds what is known of a message from its menu.
func (b *browser) looksUp(size string) {
	b.t.Helper()
	b.open("alice", "random")
	b.say("odd traffic to 203.0.113.9 from DESKTOP-1")
	b.waitText("odd traffic")
	b.do("the menu of a message", truth(`(e => e !== undefined && (e.click(), true))([...document.querySelectorAll('[data-testid="more"]')].at(-1))`))
	b.do("its shortcut", clickPath(`//*[@data-testid="option"][contains(normalize-space(), "Look up in SentinelOne")]`))
	b.waitModal()
	b.do("what the console knows", truth(`document.querySelector('[data-testid="modal"]')?.innerText.includes("DESKTOP-1")`))
	b.accessible("a look-up on a " + size)
	b.picture("lookup-" + size)
	b.do("close", click(`[data-testid="modal-close"]`))
}

// turnsPages goes to the last page of a table that is longer than one.
func (b *browser) turnsPages(api, channel string) {
	b.t.Helper()
	table := slack.NewDataTableBlock("Events")
	table.PageSize = 10
	table.AddRow(slack.NewDataTableRawTextCell("Event"))
	for i := range 23 {
		table.AddRow(slack.NewDataTableRawTextCell(fmt.Sprintf("event %02d", i)))
	}
	_, _, err := slack.New(slacksim.BotToken, slack.OptionAPIURL(api)).PostMessage(channel, slack.MsgOptionBlocks(table))
	require.NoError(b.t, err)
	b.waitText("1–10 of 23")
	for range 2 {
		b.do("the next page", truth(`(e => e !== null && !e.disabled && (e.click(), true))(document.querySelector('[aria-label="Next page"]'))`))
	}
	b.waitText("21–23 of 23")
	b.waitText("event 22")
}

// TestThePageTellsTabsAndPeopleApart is about what a browser adds: one stream for many tabs, an address of nobody, letters that open a menu.
func TestThePageTellsTabsAndPeopleApart(t *testing.T) {
	chromium, err := exec.LookPath("chromium")
	if err != nil && os.Getenv("CI") == "" {
		t.Skip("NO BROWSER TEST: there is no chromium on this machine (.ci/setup installs it)")
	}
	require.NoError(t, err)
	d := runDemo(t)
	b := browse(t, chromium, d.page)
	b.open("nobody-here", "soc")
	b.waitText("Nobody here is called “nobody-here”")

	b.open("alice", "soc")
	b.say("/s1")
	b.waitModal()
	b.do("type into a focused menu", truth(`(e => e !== null && (e.focus(), true))(document.querySelector('[data-testid="modal"] [role="combobox"]'))`))
	for _, letter := range "iso" {
		b.do("type "+string(letter), chromedp.KeyEvent(string(letter)))
	}
	b.do("the letters keep their order", truth(`document.querySelector('[data-testid="select-search"]')?.value === "iso"`))

	var tabs []*browser
	for i := range 8 { // more than the six connections that a browser opens to a server
		tab := b.tab()
		tab.open([]string{"alice", "bob"}[i%2], "soc")
		tab.do("every tab works", truth(`document.querySelector('[aria-current="page"]') !== null && document.getElementById("offline").hidden`))
		tabs = append(tabs, tab)
	}
	b.do("leave the tab that follows for all", chromedp.Navigate("about:blank"))
	tabs[0].say("is anybody there?")
	tabs[1].waitText("is anybody there?")
	tabs[2].do("a tab that somebody looks at takes over", truth(`(async () => {
		const lost = new BroadcastChannel("s1bot-demo-events");
		lost.postMessage({ kind: "lost", hidden: true });
		lost.close();
		return true;
	})()`))
	tabs[0].say("and now?")
	tabs[1].waitText("and now?")
	tabs[2].waitText("and now?")
}

// tab is another tab of the same browser.
func (b *browser) tab() *browser {
	b.t.Helper()
	ctx, cancel := chromedp.NewContext(b.ctx)
	b.t.Cleanup(cancel)
	require.NoError(b.t, chromedp.Do(ctx), "open a tab")
	return &browser{t: b.t, ctx: ctx, page: b.page}
}

// accessible requires that axe-core finds nothing serious on what is shown.
func (b *browser) accessible(what string) {
	b.t.Helper()
	source, err := os.ReadFile(axeCore)
	if err != nil {
		require.Empty(b.t, os.Getenv("CI"), "axe-core is not installed: .ci/setup does that where npm can be reached")
		b.t.Log("NOT CHECKED FOR SCREEN READERS: axe-core is not installed (.ci/setup does that where npm can be reached)")
		return
	}
	b.do("load axe-core", truth("(() => { "+"if (!window.axe) (0, eval)("+string(mustJSON(b.t, string(source)))+"); return true })()"))
	b.do("let it fade in", truth(`document.getAnimations().every((a) => a.playState !== "running" || a.effect.getComputedTiming().endTime === Infinity)`))
	b.do("let axe-core look", truth(`(() => {
		if (window.axeFound === undefined) {
			window.axeFound = null;
			axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) => {
				window.axeFound = violations.filter((v) => ["serious", "critical"].includes(v.impact)).map((v) => v.id + ": " + v.nodes[0].html.slice(0, 200) + " " + v.nodes[0].failureSummary);
			});
		}
		return window.axeFound !== null;
	})()`))
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]string](`(f => (delete window.axeFound, f))(window.axeFound)`))
	require.NoError(b.t, err)
	require.Empty(b.t, found, what)
}

func mustJSON(t *testing.T, v any) []byte {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	return raw
}
