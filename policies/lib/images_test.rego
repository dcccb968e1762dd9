package gitops_guard.lib.images_test

import data.gitops_guard.lib.images

test_reference if {
	images.reference("host:5000/a/b:1.2") == {"text": "host:5000/a/b:1.2", "repository": "host:5000/a/b", "tag": "1.2", "digest": ""}
	images.reference("host:5000/a/b") == {"text": "host:5000/a/b", "repository": "host:5000/a/b", "tag": "", "digest": ""}
	images.reference("nginx").repository == "nginx"
}

test_no_reference if {
	every text in ["", " ", "a b", "${X}", "a:${TAG}", "*", "a:*", null, 1, ["a"]] {
		not images.reference(text)
	}
}

test_listed if {
	image := images.reference("host/dev/web:latest")
	images.listed(image, ["host/dev/*"])
	images.listed(image, ["host/dev/web"])
	not images.listed(image, ["host/*"])
	not images.listed(image, [])
}

test_the_proxy_that_istio_injects if {
	images.injected("auto", {"name": "istio-proxy", "image": "auto"})
	not images.injected("auto", {"name": "web", "image": "auto"})
	not images.injected("docker.io/istio/proxyv2:1.24.0", {"name": "istio-proxy"})
}

test_steps_by_their_place if {
	every path in [["spec", "steps", 0], ["spec", "taskSpec", "sidecars", 1], ["spec", "templates", 0, "container"]] {
		images.step(path)
	}
	every path in [["spec", "steps"], ["steps"], ["spec", "params", 0], ["spec", "steps", "first"]] {
		not images.step(path)
	}
}
