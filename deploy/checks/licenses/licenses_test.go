package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryDependencyHasALicenseOfTheList(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	require.NoError(t, collect(&out, "../../.."))
	for _, known := range []string{"==== github.com/slack-go/slack v", "(BSD-2-Clause)", "==== github.com/hashicorp/golang-lru/v2 v", "(MPL-2.0)", "==== modernc.org/sqlite v", "==== std go"} {
		require.Contains(t, out.String(), known)
	}
	require.NotContains(t, out.String(), "staticcheck", "tools are in no binary")
}

func TestALicenseThatIsNotOnTheListIsRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m := module{Path: "example.com/x", Version: "v1", Dir: dir}
	_, _, err := licensesOf(m)
	require.ErrorContains(t, err, "example.com/x v1 has no license that is known here")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "COPYING.md"), []byte("GNU GENERAL\nPUBLIC LICENSE"), 0o600))
	_, _, err = licensesOf(m)
	require.ErrorContains(t, err, "is under GPL, which is not on the list")
}

func TestTheListHasThePlatformsOfARelease(t *testing.T) {
	t.Parallel()
	body, err := os.ReadFile("../../../Makefile")
	require.NoError(t, err)
	require.Contains(t, string(body), "\nPLATFORMS = "+strings.Join(platforms, " ")+"\n")
}
