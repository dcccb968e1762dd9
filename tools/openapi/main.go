// Prints what kustomize's embedded OpenAPI says about merging and scope, as schemas/kustomize/openapi.json.
//
//	go run . > ../../schemas/kustomize/openapi.json
//
// A node is a number (an entry of "definitions"), {"*": node} (a map with values of one kind) or
// [merges, [key, ...], node or null] (a list). Fields below which nothing is merged are left out.
package main

import (
	"encoding/json"
	"os"
	"sort"
	"strings"

	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/yaml"
)

const prefix = "#/definitions/"

type collector struct {
	all     spec.Definitions
	matters map[string]bool
	index   map[string]int
	out     []map[string]any
}

func main() {
	// Any look-up makes the library parse its schema.
	openapi.SchemaForResourceType(yaml.TypeMeta{APIVersion: "v1", Kind: "Pod"})
	c := &collector{all: openapi.Schema().Definitions, matters: map[string]bool{}, index: map[string]int{}}
	c.mark()
	types, cluster := map[string]int{}, []string{}
	for _, name := range c.names() {
		definition := c.all[name]
		for _, meta := range kinds(definition) {
			key := meta.APIVersion + " " + meta.Kind
			if openapi.IsCertainlyClusterScoped(meta) {
				cluster = append(cluster, key)
			}
			if c.matters[name] {
				types[key] = c.define(name)
			} else {
				types[key] = -1
			}
		}
	}
	sort.Strings(cluster)
	result := map[string]any{"version": openapi.GetSchemaVersion(), "cluster": cluster, "types": types, "definitions": c.out, "names": c.index}
	encoder := json.NewEncoder(os.Stdout)
	if err := encoder.Encode(result); err != nil {
		panic(err)
	}
}

func (c *collector) names() []string {
	names := make([]string, 0, len(c.all))
	for name := range c.all {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

func kinds(definition spec.Schema) []yaml.TypeMeta {
	var found []yaml.TypeMeta
	list, _ := definition.Extensions["x-kubernetes-group-version-kind"].([]any)
	for _, item := range list {
		row, _ := item.(map[string]any)
		group, _ := row["group"].(string)
		version, _ := row["version"].(string)
		kind, _ := row["kind"].(string)
		if group != "" {
			version = group + "/" + version
		}
		found = append(found, yaml.TypeMeta{APIVersion: version, Kind: kind})
	}
	return found
}

// mark finds the definitions below which a list is merged: again and again, until none is new.
func (c *collector) mark() {
	for changed := true; changed; {
		changed = false
		for name, definition := range c.all {
			if !c.matters[name] && c.leads(definition) {
				c.matters[name], changed = true, true
			}
		}
	}
}

func (c *collector) leads(schema spec.Schema) bool {
	if ref := schema.Ref.String(); ref != "" {
		return c.matters[strings.TrimPrefix(ref, prefix)]
	}
	if merges(schema) || (schema.Items != nil && schema.Items.Schema != nil && c.leads(*schema.Items.Schema)) {
		return true
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil && c.leads(*schema.AdditionalProperties.Schema) {
		return true
	}
	for _, property := range schema.Properties {
		if c.leads(property) {
			return true
		}
	}
	return false
}

func merges(schema spec.Schema) bool {
	strategy, _ := schema.Extensions["x-kubernetes-patch-strategy"].(string)
	for _, word := range strings.Split(strategy, ",") {
		if word == "merge" {
			return schema.Items != nil
		}
	}
	return false
}

func (c *collector) define(name string) int {
	if at, known := c.index[name]; known {
		return at
	}
	at := len(c.out)
	c.index[name] = at
	c.out = append(c.out, nil)
	c.out[at] = c.fields(c.all[name])
	return at
}

func (c *collector) fields(schema spec.Schema) map[string]any {
	found := map[string]any{}
	keys := make([]string, 0, len(schema.Properties))
	for key := range schema.Properties {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	for _, key := range keys {
		if c.leads(schema.Properties[key]) {
			found[key] = c.node(schema.Properties[key])
		}
	}
	if schema.AdditionalProperties != nil && schema.AdditionalProperties.Schema != nil && c.leads(*schema.AdditionalProperties.Schema) {
		found["*"] = c.node(*schema.AdditionalProperties.Schema)
	}
	return found
}

func (c *collector) node(schema spec.Schema) any {
	if ref := schema.Ref.String(); ref != "" {
		return c.define(strings.TrimPrefix(ref, prefix))
	}
	if schema.Items == nil {
		return c.fields(schema)
	}
	rule := openapi.ResourceSchema{Schema: &schema}
	_, keys := rule.PatchStrategyAndKeyList()
	var items any
	if schema.Items.Schema != nil && c.leads(*schema.Items.Schema) {
		items = c.node(*schema.Items.Schema)
	}
	return []any{merges(schema), keys, items}
}
