"""A Kubernetes cluster: releases by Helm, objects and pods by kubectl."""
