package checks

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"sigs.k8s.io/yaml"
)

const manifests = "../kubernetes"

// A kustomization is what of it is used here; an unknown key is a mistake.
type kustomization struct {
	APIVersion         string `json:"apiVersion"`
	Kind               string `json:"kind"`
	Namespace          string `json:"namespace"`
	Resources          []string
	ConfigMapGenerator []struct {
		Name        string
		Envs, Files []string
	} `json:"configMapGenerator"`
	Images []struct{ Name, NewName, NewTag string }
	Labels []struct {
		Pairs                              map[string]string
		IncludeSelectors, IncludeTemplates bool
	}
}

// resource decodes a manifest strictly: a field that the type does not have is an error.
func resource[T any](t *testing.T, name string) T {
	t.Helper()
	var v T
	require.NoError(t, yaml.UnmarshalStrict(read(t, filepath.Join(manifests, name)), &v), name)
	return v
}

func TestEveryManifestIsOfItsType(t *testing.T) {
	t.Parallel()
	require.Equal(t, "s1bot", resource[corev1.Namespace](t, "namespace.yaml").Name)
	require.False(t, *resource[corev1.ServiceAccount](t, "serviceaccount.yaml").AutomountServiceAccountToken)
	require.Equal(t, int32(9090), resource[corev1.Service](t, "service.yaml").Spec.Ports[0].Port)
	require.Equal(t, 1, resource[policyv1.PodDisruptionBudget](t, "poddisruptionbudget.yaml").Spec.MinAvailable.IntValue())
	require.Len(t, resource[networkingv1.NetworkPolicy](t, "networkpolicy.yaml").Spec.PolicyTypes, 2)
}

func TestThePodIsRestrictedAndDrains(t *testing.T) {
	t.Parallel()
	d := resource[appsv1.Deployment](t, "deployment.yaml")
	pod := d.Spec.Template.Spec
	require.Equal(t, int32(2), *d.Spec.Replicas)
	require.Zero(t, d.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue())
	require.Greater(t, *pod.TerminationGracePeriodSeconds, int64(20), "the bot drains for 20 s")
	require.True(t, *pod.SecurityContext.RunAsNonRoot)
	require.False(t, *pod.EnableServiceLinks)
	c := pod.Containers[0]
	require.True(t, *c.SecurityContext.ReadOnlyRootFilesystem)
	require.False(t, *c.SecurityContext.AllowPrivilegeEscalation)
	require.Equal(t, "/readyz", c.ReadinessProbe.HTTPGet.Path)
	require.Equal(t, "/healthz", c.LivenessProbe.HTTPGet.Path)
	mounted := map[string]string{}
	for _, m := range c.VolumeMounts {
		mounted[m.Name] = m.MountPath
	}
	for _, v := range pod.Volumes {
		require.NotEmpty(t, mounted[v.Name], "%s is mounted", v.Name)
	}
	for line := range strings.Lines(string(read(t, manifests+"/settings.properties"))) {
		name, path, _ := strings.Cut(strings.TrimSpace(line), "=")
		if dir := filepath.Dir(path); strings.HasPrefix(path, "/") {
			require.Contains(t, []string{mounted["secrets"], mounted["policy"]}, dir, "%s lies where something is mounted", name)
		}
	}
}

func TestTheKustomizationNamesEveryFile(t *testing.T) {
	t.Parallel()
	k := resource[kustomization](t, "kustomization.yaml")
	used := append(slices.Clone(k.Resources), "kustomization.yaml")
	for _, g := range k.ConfigMapGenerator {
		used = append(used, slices.Concat(g.Envs, g.Files)...)
	}
	files, err := filepath.Glob(manifests + "/*")
	require.NoError(t, err)
	for i := range files {
		files[i] = filepath.Base(files[i])
	}
	require.ElementsMatch(t, files, used)
	for _, name := range k.Resources {
		body := read(t, filepath.Join(manifests, name))
		require.Equal(t, 1, bytes.Count(body, []byte("\nkind: "))+map[bool]int{true: 1}[bytes.HasPrefix(body, []byte("kind: "))], name)
	}
}
