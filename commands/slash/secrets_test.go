package slash_test

import (
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"s1bot/commands"
	"s1bot/commands/catalog"
	"s1bot/commands/commandtest"
	"s1bot/commands/forms"
	"s1bot/commands/slash"
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
		require.Equal(t, want, slash.Mask(commands.All(), line), line)
	}
}

func TestMarksStandForSecretsEverywhere(t *testing.T) {
	t.Parallel()
	all := commands.All()
	inv, _, err := slash.Parse(all, `collect-files H file-paths=C:\a password="Secret 2026!"`, commandtest.Input())
	require.NoError(t, err)
	cmd, _ := all.Find("collect-files")
	args, secrets := cmd.Hide(inv.Args)
	require.NotContains(t, string(args), "Secret")
	require.Equal(t, "Secret 2026!", secrets["password"].Reveal())
	require.NotContains(t, slash.Line(cmd, args), "Secret")

	again, none := cmd.Hide(args)
	require.JSONEq(t, string(args), string(again), "hiding twice changes nothing")
	require.Empty(t, none)

	whole, err := cmd.Reveal(&catalog.Call{Secrets: secrets}, args)
	require.NoError(t, err)
	require.JSONEq(t, string(inv.Args), string(whole))

	for _, f := range forms.Of(cmd, inv.Args, catalog.Caller{}).Fields {
		if f.Name == "password" {
			require.Empty(t, f.Value, "a form never shows it again")
			require.False(t, f.Required, "I make one")
		}
	}
}

// What goes into the buttons of a complaint has no password in it.
func TestComplaintsCarryMarks(t *testing.T) {
	t.Parallel()
	_, _, err := slash.Parse(commands.All(), `collect-files H file-paths=relative password=Secret-2026!`, commandtest.Input())
	var usage *catalog.UsageError
	require.ErrorAs(t, err, &usage)
	require.NotContains(t, string(usage.Given.Args), "Secret")
	_, _, err = slash.Parse(commands.All(), `collect-files password=Secret-2026!`, commandtest.Input())
	var missing *catalog.MissingError
	require.ErrorAs(t, err, &missing)
	require.NotContains(t, string(missing.Given.Args), "Secret")
	_, _, err = slash.Parse(commands.All(), `collect-files H file-paths=C:\a password=secret`, commandtest.Input())
	require.ErrorAs(t, err, &usage)
	require.NotContains(t, usage.Error()+string(usage.Given.Args), `"secret"`)

	_, s := commandtest.WithAgents(t, commands.All(), "KIOSK", "KIOSK")
	_, err = s.Run(`collect-files KIOSK file-paths=C:\a password=Secret-2026!`)
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
