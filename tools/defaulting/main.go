// Prints what the API server fills in and leaves out of its own types, as schemas/kubernetes/defaulting.json.
//
//	go run . > ../../schemas/kubernetes/defaulting.json
//
// It runs the API server's own defaulting functions over objects in which every structure is there and every scalar is not.
// "defaults" of a type holds each field that was filled in, with the values it was given; "kept" holds the fields whose zero
// value (false, 0, "", {}) is not the same as no value: their Go type is a pointer, so the API server keeps a zero that is written.
package main

import (
	"encoding/json"
	"os"
	"reflect"
	"sort"
	"strings"

	apiextensions "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	apiregistration "k8s.io/kube-aggregator/pkg/apis/apiregistration/v1"
	"k8s.io/kubernetes/pkg/api/legacyscheme"
	_ "k8s.io/kubernetes/pkg/controlplane"
)

const version = "v1.36.3"

// Below these nothing is filled in: they are scalars in JSON, or the same in every kind.
var leaves = map[string]bool{"Time": true, "MicroTime": true, "Quantity": true, "IntOrString": true, "Duration": true,
	"RawExtension": true, "FieldsV1": true, "ObjectMeta": true, "ListMeta": true, "TypeMeta": true, "JSON": true}

type entry struct {
	Defaults map[string][]json.RawMessage `json:"defaults,omitempty"`
	Kept     []string                     `json:"kept,omitempty"`
}

var types = map[string]*entry{}

func main() {
	scheme := legacyscheme.Scheme
	must(apiextensions.AddToScheme(scheme))
	must(apiregistration.AddToScheme(scheme))
	for gvk, goType := range scheme.AllKnownTypes() {
		if gvk.Version == runtime.APIVersionInternal || strings.HasSuffix(gvk.Kind, "List") || strings.HasSuffix(gvk.Kind, "Options") {
			continue
		}
		for _, pointers := range []bool{true, false} {
			before := reflect.New(goType)
			fill(before.Elem(), pointers, map[reflect.Type]bool{})
			after := reflect.New(goType)
			fill(after.Elem(), pointers, map[reflect.Type]bool{})
			object, ok := after.Interface().(runtime.Object)
			if !ok || !defaulted(scheme, object) {
				continue
			}
			compare(before.Elem(), after.Elem())
		}
	}
	for name, found := range types {
		if len(found.Defaults) == 0 && len(found.Kept) == 0 {
			delete(types, name)
		}
	}
	must(json.NewEncoder(os.Stdout).Encode(map[string]any{"version": version, "types": types}))
}

// Some defaulting functions need a field that they take for granted; such an object says nothing.
func defaulted(scheme *runtime.Scheme, object runtime.Object) (ok bool) {
	defer func() {
		if recover() != nil {
			ok = false
		}
	}()
	scheme.Default(object)
	return true
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func isLeaf(t reflect.Type) bool {
	return t.Kind() != reflect.Struct || leaves[t.Name()]
}

// A moment that is filled in is the time of the run: no value that the next one would give.
func isMoment(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t == reflect.TypeFor[metav1.Time]() || t == reflect.TypeFor[metav1.MicroTime]()
}

// One of every structure; with pointers also of those that are optional.
func fill(value reflect.Value, pointers bool, above map[reflect.Type]bool) {
	t := value.Type()
	if isLeaf(t) || above[t] {
		return
	}
	above[t] = true
	defer delete(above, t)
	for index := 0; index < t.NumField(); index++ {
		field, at := t.Field(index), value.Field(index)
		if field.Name == "Status" || !at.CanSet() {
			continue
		}
		switch {
		case at.Kind() == reflect.Struct:
			fill(at, pointers, above)
		case at.Kind() == reflect.Pointer && pointers && !isLeaf(at.Type().Elem()) && !above[at.Type().Elem()]:
			at.Set(reflect.New(at.Type().Elem()))
			fill(at.Elem(), pointers, above)
		case at.Kind() == reflect.Slice && !isLeaf(at.Type().Elem()) && !above[at.Type().Elem()]:
			at.Set(reflect.MakeSlice(at.Type(), 1, 1))
			fill(at.Index(0), pointers, above)
		}
	}
}

func jsonName(field reflect.StructField) string {
	return strings.Split(field.Tag.Get("json"), ",")[0]
}

func nameOf(t reflect.Type) string {
	return "io.k8s." + strings.ReplaceAll(strings.TrimPrefix(t.PkgPath(), "k8s.io/"), "/", ".") + "." + t.Name()
}

func compare(before, after reflect.Value) {
	t := before.Type()
	if isLeaf(t) {
		return
	}
	found := types[nameOf(t)]
	if found == nil {
		found = &entry{Defaults: map[string][]json.RawMessage{}, Kept: kept(t)}
		types[nameOf(t)] = found
	}
	for index := 0; index < t.NumField(); index++ {
		field, old, now := t.Field(index), before.Field(index), after.Field(index)
		if field.Name == "Status" {
			continue
		}
		name := jsonName(field)
		if name == "" && old.Kind() == reflect.Struct { // inlined
			inner := nameOf(old.Type())
			compare(old, now)
			merge(found, types[inner])
			continue
		}
		switch {
		case old.Kind() == reflect.Struct && !isLeaf(old.Type()):
			compare(old, now)
		case old.Kind() == reflect.Pointer && !old.IsNil() && !now.IsNil() && !isLeaf(old.Type().Elem()):
			compare(old.Elem(), now.Elem())
		case old.Kind() == reflect.Slice && old.Len() == 1 && now.Len() == 1 && !isLeaf(old.Type().Elem()):
			compare(old.Index(0), now.Index(0))
		case !isMoment(old.Type()) && !reflect.DeepEqual(old.Interface(), now.Interface()):
			add(found, name, now)
		}
	}
}

func merge(into, from *entry) {
	if from == nil {
		return
	}
	for name, values := range from.Defaults {
		for _, value := range values {
			remember(into, name, value)
		}
	}
	into.Kept = unique(append(into.Kept, from.Kept...))
}

func add(found *entry, name string, value reflect.Value) {
	text, err := json.Marshal(value.Interface())
	must(err)
	remember(found, name, text)
}

func remember(found *entry, name string, text json.RawMessage) {
	for _, known := range found.Defaults[name] {
		if string(known) == string(text) {
			return
		}
	}
	values := append(found.Defaults[name], text)
	sort.Slice(values, func(one, other int) bool { return string(values[one]) < string(values[other]) })
	found.Defaults[name] = values
}

func kept(t reflect.Type) []string {
	var names []string
	for index := 0; index < t.NumField(); index++ {
		field := t.Field(index)
		if field.Type.Kind() != reflect.Pointer || jsonName(field) == "" {
			continue
		}
		switch field.Type.Elem().Kind() {
		case reflect.Bool, reflect.String, reflect.Int32, reflect.Int64, reflect.Uint8, reflect.Float64, reflect.Struct:
			names = append(names, jsonName(field))
		}
	}
	return unique(names)
}

func unique(names []string) []string {
	sort.Strings(names)
	var found []string
	for _, name := range names {
		if len(found) == 0 || found[len(found)-1] != name {
			found = append(found, name)
		}
	}
	return found
}
