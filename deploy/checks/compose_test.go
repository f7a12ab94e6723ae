package checks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/stretchr/testify/require"
)

func TestTheComposeFileIsWhole(t *testing.T) {
	t.Parallel()
	dir := t.TempDir() // the files that a person copies as the comment at the top of it says
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "deploy", "container"), 0o755))
	for from, to := range map[string]string{"../container/compose.yaml": "deploy/container/compose.yaml", "../s1bot.env.example": "deploy/s1bot.env", "../policy.example.yaml": "deploy/policy.yaml"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, to), read(t, from), 0o644))
	}
	options, err := cli.NewProjectOptions([]string{filepath.Join(dir, "deploy/container/compose.yaml")}, cli.WithResolvedPaths(true))
	require.NoError(t, err)
	project, err := options.LoadProject(t.Context())
	require.NoError(t, err)
	bot, err := project.GetService("s1bot")
	require.NoError(t, err)
	require.True(t, bot.ReadOnly)
	require.Equal(t, []string{"ALL"}, bot.CapDrop)
	require.NotNil(t, project.Services["database"].HealthCheck)
	for _, s := range bot.Secrets {
		require.Contains(t, project.Secrets, s.Source)
	}
	for name, value := range bot.Environment {
		if value != nil && filepath.Dir(*value) == "/run/secrets" {
			require.Contains(t, project.Secrets, filepath.Base(*value), name)
		}
	}
	require.Equal(t, filepath.Join(dir, "deploy", "policy.yaml"), bot.Volumes[0].Source)
	_, err = os.Stat("../container/Dockerfile")
	require.NoError(t, err)
}
