package gitops_guard.images.unpinned_tag_test

import data.gitops_guard.images.unpinned_tag

pod(image) := {"object": {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [{"name": "web", "image": image}]}}, "parameters": {"allow": ["dev/**"]}}

moves(image) if {
	found := unpinned_tag.deny with input as pod(image)
	count(found) == 1
}

pinned(image) if {
	found := unpinned_tag.deny with input as pod(image)
	count(found) == 0
}

test_moving if {
	every image in [
		"nginx", "nginx:latest", "nginx:stable", "nginx:main", "postgres:16", "redis:7-alpine", "app:v2", "wordpress:php8.2-apache",
		"nginx:stable-alpine3.20", "postgres:16-alpine3.20", "mssql:2022-latest", "host:5000/app", "app:1.x", "app:pr-12", "${REGISTRY:=ghcr.io}/app:edge",
	] {
		moves(image)
	}
}

test_pinned if {
	every image in [
		"nginx:1.27", "nginx:1.27.3-alpine3.20", "app:v1.2.3", "app:2.0.0-rc.1", "jdk:21.0.5_11-jre", "app:2026-11-01", "app:20261103", "debian:bookworm-20261103-slim",
		"app:4f2c9d1", "app:sha-4f2c9d1", "app:main-4f2c9d1-1763700000", "minio:RELEASE.2026-10-12T09-14-03Z", "java:8u392-b08", "app:1763700000",
		"app:latest@sha256:772c86d2c5f5509a08ddea574dea40f79e0c789a0ff41b7fe9e18a9a24f678ae", "host:5000/app:1.2", "postgis:16-3.4", "dev/team/app:latest",
	] {
		pinned(image)
	}
}

test_not_to_be_judged if {
	every image in ["", " ", "${IMAGE}", "{{ .Values.image }}", "!*:latest", 7] {
		pinned(image)
	}
}

test_credentials_are_not_shown if {
	found := unpinned_tag.deny with input as pod("robot:hunter2@host/app:latest")
	some fault in found
	not contains(fault.msg, "hunter2")
}

test_image_volume if {
	found := unpinned_tag.deny with input as {
		"object": {"apiVersion": "v1", "kind": "Pod", "spec": {"containers": [], "volumes": [{"name": "model", "image": {"reference": "acme/model"}}]}},
		"parameters": {"allow": []},
	}
	{fault.path | some fault in found} == {["spec", "volumes", 0, "image", "reference"]}
}

test_workflow_steps if {
	found := unpinned_tag.deny with input as {
		"object": {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "spec": {"templates": [{"name": "a", "container": {"image": "alpine"}}]}},
		"parameters": {"allow": []},
	}
	{fault.path | some fault in found} == {["spec", "templates", 0, "container", "image"]}
}

test_schemas_and_values_run_nothing if {
	every kind in [["apiextensions.k8s.io/v1", "CustomResourceDefinition"], ["helm.toolkit.fluxcd.io/v2", "HelmRelease"], ["kyverno.io/v1", "ClusterPolicy"]] {
		found := unpinned_tag.deny with input as {
			"object": {"apiVersion": kind[0], "kind": kind[1], "spec": {"x": {"containers": [{"name": "a", "image": "alpine"}]}}},
			"parameters": {"allow": []},
		}
		count(found) == 0
	}
}
