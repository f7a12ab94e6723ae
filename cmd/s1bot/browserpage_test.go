package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/stretchr/testify/require"

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
		name          string
		width, height int64
	}{{"desk", 1280, 800}, {"phone", 390, 844}} {
		b.do("resize", chromedp.EmulateViewport(size.width, size.height))
		b.open("alice", "threats")
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

		b.open("alice", "soc")
		b.say("/s1 list-agents DESKTOP")
		b.waitText("page 1 of")
		b.do("a list is a data table", truth(`document.querySelector("table caption, .data-table") !== null`))
		b.picture("list-" + size.name)
		b.say("/s1 run-script")
		b.waitModal()
		b.picture("form-" + size.name)
		b.accessible("a form on a " + size.name)
		b.do("unfold", clickPath(`//*[@data-testid="modal"]//button[normalize-space()="Advanced"]`))
		b.waitText("to narrow them down")
		b.do("close", click(`[data-testid="modal-close"]`))

		b.open("alice", "s1bot")
		b.do("the Home tab", click(`[data-testid="tab-home"]`))
		b.do("is published", truth(`document.querySelectorAll('[data-testid="home"] .block').length > 0`))
		b.picture("home-" + size.name)
		b.accessible("home on a " + size.name)
	}
	b.open("alice", "soc")
	b.do("shortcuts", click(`[data-testid="shortcuts"]`))
	b.waitText("Run a SentinelOne command")
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

	for i := range 8 { // more than the six connections that a browser opens to a server
		tab := b.tab()
		tab.open([]string{"alice", "bob"}[i%2], "soc")
		tab.do("every tab works", truth(`document.querySelector('[aria-current="page"]') !== null && document.getElementById("offline").hidden`))
	}
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
