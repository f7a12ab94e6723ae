package commands

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands/catalog"
	"s1bot/commands/files"
	"s1bot/render"
	"s1bot/s1"
)

// Whatever else is wrong with a line, what is written down of it has no password in it.
func TestALineIsMaskedBeforeItIsWrittenDown(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		`collect-files DESKTOP-1 password=Secret-1!`:                            `collect-files DESKTOP-1 password=•••`,
		`collect-files password="Secret 1!" file-paths="C:\a b"`:                `collect-files password=••• file-paths="C:\a b"`,
		`fetch  H  password = Secret paths=x`:                                   `fetch  H  password =••• paths=x`,
		`fetch H password =Secret`:                                              `fetch H password =•••`,
		`fetch H paths= password=Secret`:                                        `fetch H paths= password=•••`,
		`fetch H password= paths=x`:                                             `fetch H password= paths=x`,
		"fetch H password=`Secret 1!` paths=x":                                  "fetch H password=••• paths=x",
		`run-script F input-params=-u a -Password S3cret script-id=1`:           `run-script F input-params=••• script-id=1`,
		`run-script F input-params = "-Password S3cret"`:                        `run-script F input-params =•••`,
		`fetch H password= Secret paths=x`:                                      `fetch H password=••• paths=x`,
		`fetch H PassWord=“Secret 1!” paths=x`:                                  `fetch H PassWord=••• paths=x`,
		`fetch H pass=Secret,More pa=x`:                                         `fetch H pass=••• pa=x`,
		`no-such-command --password='Secret 1' x`:                               `no-such-command --password=••• x`,
		`fetch H password="Secret`:                                              `fetch H password=•••`,
		`fetch H password=`:                                                     `fetch H password=`,
		`note 1 text="password=Secret"`:                                         `note 1 text="password=Secret"`, // somebody's words, not a parameter
		`agents DESKTOP limit=10`:                                               `agents DESKTOP limit=10`,
		`<@U1> fetch-files H files-path=["C:\\a"] password=S3cret!word`:         `<@U1> fetch-files H files-path=["C:\\a"] password=•••`,
		`run-script F input-params="-User a -Password S3cret" password=S3cret2`: `run-script F input-params=••• password=•••`,
		`run-script F input-params="--force" x`:                                 `run-script F input-params=•••`, // in doubt
		`run-script F input-params="--force --terminate" script-id=1`:           `run-script F input-params="--force --terminate" script-id=1`,
		"": "",
	} {
		require.Equal(t, want, All().Mask(line), line)
	}
}

func TestMarksStandForSecretsEverywhere(t *testing.T) {
	t.Parallel()
	all := All()
	inv, _, err := all.Parse(`collect-files H file-paths=C:\a password="Secret 2026!"`, input)
	require.NoError(t, err)
	cmd, _ := all.Find("collect-files")
	args, secrets := cmd.Hide(inv.Args)
	require.NotContains(t, string(args), "Secret")
	require.Equal(t, "Secret 2026!", secrets["password"].Reveal())
	require.NotContains(t, cmd.Line(args), "Secret")

	again, none := cmd.Hide(args)
	require.JSONEq(t, string(args), string(again), "hiding twice changes nothing")
	require.Empty(t, none)

	whole, err := cmd.Reveal(&catalog.Call{Secrets: secrets}, args)
	require.NoError(t, err)
	require.JSONEq(t, string(inv.Args), string(whole))

	for _, f := range cmd.Form(inv.Args, catalog.Caller{}).Fields {
		if f.Name == "password" {
			require.Empty(t, f.Value, "a form never shows it again")
			require.False(t, f.Required, "the bot makes one")
		}
	}
}

// What a script is called with is a secret where it holds one; the approver reads that there is one.
func TestAScriptsInputWithAPasswordIsASecret(t *testing.T) {
	t.Parallel()
	console, call := simulated(t, "DESKTOP-1")
	cmd, _ := All().Find("run-script")
	inv, _, err := All().Parse(`run-script filter={"computerName":"DESKTOP-1"} script-id="List Open Ports" task-description=ports output-destination=None input-params="-User admin -Password S3cret!" reason=x`, input)
	require.NoError(t, err)
	args, secrets := cmd.Hide(inv.Args)
	require.NotContains(t, string(args)+cmd.Line(args), "S3cret")
	call.Secrets = secrets
	plan, err := cmd.Prepare(t.Context(), call, args)
	require.NoError(t, err)
	require.NotContains(t, string(catalog.Marshal(plan)), "S3cret")
	require.Contains(t, plan.Facts, catalog.Fact{Label: "Input", Value: "••• (not shown: it may hold a password)"})
	require.Equal(t, "-User admin -Password S3cret!", plan.Secrets["input-params"].Reveal())
	_, err = cmd.Run(t.Context(), call, plan.Args)
	require.NoError(t, err)
	require.Contains(t, console.Changes()[0].Body, `"-User admin -Password S3cret!"`)

	plain := json.RawMessage(`{"input-params":"--force"}`)
	same, none := cmd.Hide(plain)
	require.JSONEq(t, string(plain), string(same))
	require.Empty(t, none)
	for _, f := range cmd.Form(json.RawMessage(`{"input-params":"•••"}`), catalog.Caller{}).Fields {
		if f.Name == "input-params" {
			require.Empty(t, f.Value, "a form asks for it again")
		}
	}
}

// Nobody can list the ways in which people write a password: what is not plainly none is one.
func TestAnInputThatMayHoldAPasswordIsASecret(t *testing.T) {
	t.Parallel()
	cmd, _ := All().Find("run-script")
	f, _ := cmd.Field("input-params")
	for _, secret := range []string{
		"-Cred:PW", "-p PW", "/password:x", "--token=x", "-u a:b", "-pSecret", "-psecret", "-ualice", "--api-key=abc --force", "SECRET: 'x y' z", "user=a;pwd=x y",
		"U2VjcmV0UGFzc3dvcmQh", "--data dGVzdA==", "powershell -enc SQBFAFgA", "Server=db;Database=x;Uid=sa;Pwd=y", "https://alice:hunter@host/x",
		`{"password":"x"}`, `{"a":"b"}`, "alice Summer2026", "letmein", "Authorization: Bearer abc", "AKIAIOSFODNN7EXAMPLE", "--user alice:letmein", "-P 4711", "/p:x", "-k x",
		"--pin 1234", "PW=abc", "--conn x;y", "-Credential (Get-Credential)", "--name ghp_16C7e42F292c6912E7710c838347Ae178B4a", "$env:X", `--name "unbalanced`, "-User:alice%secret",
		"--passphrase x", `net use Z: \\srv\c$ x /user:y`, "--sas sv=2020", "a:b", "--login x", "5f4dcc3b5aa765d61d8327deb882cf99", "--name пароль", "-t: x y",
	} {
		require.True(t, f.Hides(secret), secret)
		require.NotContains(t, All().Mask("run-script F input-params="+secret+" script-id=1"), secret, secret)
		require.NotContains(t, All().Mask("run-script F script-id=1 input-params="+secret), secret, secret)
	}
	for _, plain := range []string{
		"--force", "-r -v", "--terminate --processes ping,chrome --force", "--processes kworkerds", `-Path C:\Temp\old.log -Recurse`, "--retries 5",
		"-Uri https://example.test/ryuk.exe", "/quiet /norestart", `"C:\Program Files\App"`, "10.0.0.1", "--host srv-dc.corp.example", "name=chrome",
	} {
		require.False(t, f.Hides(plain), plain)
		require.Equal(t, plain, files.InputWordsFor(plain))
	}
}

// What follows an input is part of it until a parameter of the catalog begins: --token=x is none.
func TestAnInputsOwnFlagsAreMaskedWithIt(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"run-script F input-params=-a b --token=x task-description=y":  "run-script F input-params=••• task-description=y",
		"run-script F input-params=-u a --key=x=y reason=z":            "run-script F input-params=••• reason=z",
		"run-script F input-params=--force --api_secret=x":             "run-script F input-params=•••",
		"run-script F params=-Cred:PW ticket=INC-1":                    "run-script F params=••• ticket=INC-1",
		"run-script F input-params=\u00a0-p PW\nscript-id=1":           "run-script F input-params=•••\nscript-id=1",
		"can run-script F input-params=-p PW -x Y":                     "can run-script F input-params=•••",
		"run-script F input-params=--terminate --processes chrome x=y": "run-script F input-params=•••",
	} {
		require.Equal(t, want, All().Mask(line), line)
	}
}

// After a restart a mark is all there is: the person is asked, and nothing is made up in place of what they gave.
func TestASecretThatWasNotKeptIsAskedForAgain(t *testing.T) {
	t.Parallel()
	console, call := simulated(t, "DESKTOP-1")
	cmd, _ := All().Find("collect-files")
	args := json.RawMessage(`{"agent-id":"DESKTOP-1","file-paths":["C:\\a"],"password":"•••"}`)
	_, err := cmd.Prepare(t.Context(), call, args)
	require.ErrorContains(t, err, "type it again")
	_, err = cmd.Run(t.Context(), call, json.RawMessage(`{"agent-id":"`+console.Agent("DESKTOP-1")["id"].(string)+`","file-paths":["C:\\a"],"password":"•••"}`))
	require.ErrorContains(t, err, "type it again")
	require.Empty(t, console.Changes())
}

// What goes into the buttons of a complaint has no password in it.
func TestComplaintsCarryMarks(t *testing.T) {
	t.Parallel()
	_, _, err := All().Parse(`collect-files H file-paths=relative password=Secret-2026!`, input)
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.NotContains(t, string(usage.Given.Args), "Secret")
	_, _, err = All().Parse(`collect-files password=Secret-2026!`, input)
	var missing *catalog.MissingError
	require.ErrorAs(t, err, &missing)
	require.NotContains(t, string(missing.Given.Args), "Secret")
	_, _, err = All().Parse(`collect-files H file-paths=C:\a password=secret`, input)
	require.ErrorAs(t, err, &usage)
	require.NotContains(t, usage.Error()+string(usage.Given.Args), `"secret"`)

	_, call := simulated(t, "KIOSK", "KIOSK")
	_, err = run(t, All(), call, `collect-files KIOSK file-paths=C:\a password=Secret-2026!`)
	var ambiguous *catalog.AmbiguousError
	require.ErrorAs(t, err, &ambiguous)
	require.NotContains(t, string(ambiguous.Pick(0).Args), "Secret")
}

func TestPasswordsOfTheBotAreStrongAndAllDifferent(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for range 500 {
		made, err := catalog.NewPassword(nil)
		require.NoError(t, err)
		require.NoError(t, s1.CheckPassword(made))
		require.Len(t, made.Reveal(), catalog.PasswordLength)
		require.NotContains(t, seen, made.Reveal())
		seen[made.Reveal()] = true
		require.False(t, strings.ContainsAny(made.Reveal(), "`*_~<>&\"' "+"IOl01"), made.Reveal())
	}
}

func TestEveryCharacterOfAPasswordIsAsLikelyAsAnyOther(t *testing.T) {
	t.Parallel()
	source, counts := rand.NewChaCha8([32]byte{1}), map[int]int{}
	for range 24000 {
		n, err := catalog.Pick(source, 24)
		require.NoError(t, err)
		counts[n]++
	}
	require.Len(t, counts, 24)
	for n, c := range counts {
		require.InDelta(t, 1000, c, 200, n)
	}
	_, err := catalog.NewPassword(io.LimitReader(strings.NewReader("short"), 5))
	require.Error(t, err, "no password is better than a guessable one")
}

// An archive whose password nobody heard is of no use: nothing is asked of the endpoint then.
func TestNothingIsAskedIfThePasswordCannotBeTold(t *testing.T) {
	t.Parallel()
	console, call := simulated(t, "DESKTOP-1")
	call.Tell = func(context.Context, render.Card) error { return errors.New("Slack is away") }
	_, err := run(t, All(), call, `fetch DESKTOP-1 paths=C:\a`)
	require.ErrorContains(t, err, "Slack is away")
	require.Empty(t, console.Changes())
}
