"""Series that consoles are shown: known ones, and ones with labels that mean ill."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Series:
    """A value from the beginning on, and how much it grows in a second. Of a moment: seconds from now."""

    value: float
    growth: float = 0.0
    moment: bool = False


HOSTILE = (
    "<script>alert(1)</script>",
    "'\"><img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{ query `up` }}",
    '"} or vector(7) #',
    "back\\slash % %s %!",
    "é\u2028\x07",
)
DAY, HOUR = 86400, 3600
OF = 'namespace="shop-dev",label_app_kubernetes_io_part_of="shop",label_app_kubernetes_io_name="cart"'
WEB = f'{OF},label_app_kubernetes_io_component="web"'
OWN = 'namespace="shop-dev",application="cart",process="web"'
BUILDS = "default_jenkins_builds"

KNOWN = {
    'up{job="pods",instance="10.0.0.1:80",namespace="shop-dev",pod="cart-1"}': Series(1),
    'up{job="pods",instance="10.0.0.2:80",namespace="shop-dev",pod="cart-2"}': Series(0),
    'scrape_samples_scraped{job="pods",instance="10.0.0.1:80"}': Series(321),
    'ALERTS{alertname="Watchdog",alertstate="firing",severity="none"}': Series(1),
    'ALERTS{alertname="TargetDown",alertstate="firing",severity="warning",namespace="shop-dev"}': Series(1),
    'ALERTS_FOR_STATE{alertname="TargetDown",severity="warning",namespace="shop-dev"}': Series(
        -2 * HOUR - 5, moment=True
    ),
    'ALERTS{alertname="NodeNotReady",alertstate="firing",severity="critical",node="b"}': Series(1),
    'ALERTS_FOR_STATE{alertname="NodeNotReady",severity="critical",node="b"}': Series(-605, moment=True),
    'ALERTS{alertname="PodPending",alertstate="pending",severity="warning",namespace="shop-dev"}': Series(1),
    'ALERTS_FOR_STATE{alertname="PodPending",severity="warning",namespace="shop-dev"}': Series(
        -60, moment=True
    ),
    'kube_node_status_condition{node="a",condition="Ready",status="true"}': Series(1),
    'kube_node_status_condition{node="b",condition="Ready",status="true"}': Series(0),
    'kube_node_status_condition{node="b",condition="DiskPressure",status="true"}': Series(1),
    'kube_node_status_allocatable{node="a",resource="memory"}': Series(8 * 2**30),
    'kube_node_status_allocatable{node="a",resource="cpu"}': Series(4),
    'node_memory_working_set_bytes{node="a"}': Series(6 * 2**30),
    'node_cpu_usage_seconds_total{node="a"}': Series(100, 1.0),
    'kube_pod_info{node="a",namespace="shop-dev",pod="cart-1"}': Series(1),
    'kube_pod_status_phase{namespace="shop-dev",pod="cart-1",phase="Running"}': Series(1),
    'kube_pod_status_phase{namespace="shop-dev",pod="cart-2",phase="Pending"}': Series(1),
    'kubelet_volume_stats_available_bytes{namespace="db",persistentvolumeclaim="data"}': Series(2**29),
    'kubelet_volume_stats_capacity_bytes{namespace="db",persistentvolumeclaim="data"}': Series(10 * 2**30),
    'container_memory_working_set_bytes{namespace="shop-dev",pod="cart-1",container="web"}': Series(
        64 * 2**20
    ),
    'container_cpu_usage_seconds_total{namespace="shop-dev",pod="cart-1",container="web"}': Series(5, 0.25),
    f'kube_deployment_labels{{deployment="cart",label_app_kubernetes_io_version="1.4.2",{WEB}}}': Series(1),
    f'kube_pod_labels{{pod="cart-1",{WEB}}}': Series(1),
    'kube_deployment_labels{deployment="x",namespace="p",label_app_kubernetes_io_part_of="platform"}': Series(
        1
    ),
    'kube_deployment_spec_replicas{namespace="shop-dev",deployment="cart"}': Series(3),
    'kube_deployment_status_replicas_available{namespace="shop-dev",deployment="cart"}': Series(1),
    'kube_deployment_status_replicas_ready{namespace="shop-dev",deployment="cart"}': Series(1),
    'kube_deployment_status_replicas_updated{namespace="shop-dev",deployment="cart"}': Series(2),
    'kube_statefulset_replicas{namespace="db",statefulset="postgresql"}': Series(1),
    'kube_statefulset_status_replicas_ready{namespace="db",statefulset="postgresql"}': Series(0),
    'kube_pod_container_status_restarts_total{namespace="shop-dev",pod="cart-1",container="web"}': Series(
        0, 4 / HOUR
    ),
    # A pod of somebody else in the namespace.
    'kube_pod_container_status_restarts_total{namespace="shop-dev",pod="other",container="web"}': Series(
        0, 9 / HOUR
    ),
    f'http_requests_total{{code="200",{OWN}}}': Series(10, 19.0),
    f'http_requests_total{{code="503",{OWN}}}': Series(10, 1.0),
    # What tells the same once more is not counted twice.
    f'http_request_duration_seconds_count{{code="200",{OWN}}}': Series(10, 19.0),
    f'kube_cronjob_labels{{cronjob="cart-nightly",label_app_kubernetes_io_component="nightly",{OF}}}': Series(
        1
    ),
    'kube_cronjob_status_last_successful_time{namespace="shop-dev",cronjob="cart-nightly"}': Series(
        -5 * HOUR - 5, moment=True
    ),
    'kube_job_created{namespace="shop-dev",job_name="cart-before"}': Series(-90 * 60 - 5, moment=True),
    'kube_job_status_failed{namespace="shop-dev",job_name="cart-before"}': Series(1),
    f'{BUILDS}_last_build_result_ordinal{{jenkins_job="apps/shop/cart/main"}}': Series(2),
    f'{BUILDS}_last_build_start_time_milliseconds{{jenkins_job="apps/shop/cart/main"}}': Series(0),
    f'{BUILDS}_last_build_duration_milliseconds{{jenkins_job="apps/shop/cart/main"}}': Series(95_000),
    f'{BUILDS}_last_build_result_ordinal{{jenkins_job="apps/shop/desk/main"}}': Series(0),
    f'{BUILDS}_last_build_result_ordinal{{jenkins_job="apps/shop/till/main"}}': Series(1),
    'default_jenkins_executors_busy{label="_all"}': Series(2),
    'default_jenkins_executors_busy{label="linux"}': Series(2),
    'default_jenkins_executors_queue_length{label="linux"}': Series(3),
    'default_jenkins_nodes_online{node="agent-1"}': Series(1),
    'default_jenkins_nodes_online{node="agent-2"}': Series(0),
    'kube_cronjob_spec_suspend{namespace="db",cronjob="postgresql-backup"}': Series(0),
    'kube_cronjob_spec_suspend{namespace="vault",cronjob="openbao-backup"}': Series(1),
    'kube_cronjob_status_last_successful_time{namespace="db",cronjob="postgresql-backup"}': Series(
        -3 * DAY - HOUR - 60, moment=True
    ),
    'kube_cronjob_next_schedule_time{namespace="db",cronjob="postgresql-backup"}': Series(
        2 * HOUR + 115, moment=True
    ),
    'ALERTS{alertname="BackupTooOld",alertstate="firing",severity="critical",namespace="db",'
    'cronjob="postgresql-backup"}': Series(1),
    'certmanager_certificate_expiration_timestamp_seconds{namespace="shop-dev",name="cart-tls"}': Series(
        3 * DAY + 1800, moment=True
    ),
    'probe_ssl_earliest_cert_expiry{instance="https://example.com"}': Series(60 * DAY + 1800, moment=True),
    'kubelet_certificate_manager_client_ttl_seconds{node="a"}': Series(200 * DAY + 1800),
}


def written(value: str) -> str:
    """A label's value as OpenMetrics writes it."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def hostile() -> dict[str, Series]:
    """Every value wherever a page shows one that others choose."""
    found = {}
    for value in map(written, HOSTILE):
        labels = (
            "namespace",
            *(f"label_app_kubernetes_io_{each}" for each in ("part_of", "name", "component")),
        )
        of = ",".join(f'{label}="{value}"' for label in labels)
        for name in (
            f'up{{job="{value}",instance="{value}",namespace="{value}",pod="{value}"}} 0',
            f'ALERTS{{alertname="{value}",alertstate="firing",severity="{value}",pod="{value}"}} 1',
            f'ALERTS_FOR_STATE{{alertname="{value}",severity="{value}",pod="{value}"}} 1',
            f'kube_deployment_labels{{deployment="{value}",{of}}} 1',
            f'kube_cronjob_labels{{cronjob="{value}",{of}}} 1',
            f'kube_node_status_condition{{node="{value}",condition="Ready",status="true"}} 0',
            f'kube_node_status_condition{{node="{value}",condition="{value}",status="true"}} 1',
            f'kubelet_volume_stats_available_bytes{{namespace="{value}",persistentvolumeclaim="{value}"}} 1',
            f'kubelet_volume_stats_capacity_bytes{{namespace="{value}",persistentvolumeclaim="{value}"}} 4',
            f'container_memory_working_set_bytes{{namespace="{value}",pod="{value}"}} 1',
            f'{BUILDS}_last_build_result_ordinal{{jenkins_job="{value}"}} 2',
            f'kube_job_status_failed{{namespace="{value}",job_name="{value}"}} 1',
            f'kube_cronjob_spec_suspend{{namespace="{value}",cronjob="{value}-backup"}} 0',
            f'certmanager_certificate_expiration_timestamp_seconds{{namespace="{value}",name="{value}"}} 1',
        ):
            series, _, number = name.rpartition(" ")
            found[series] = Series(float(number))
        found[f'kube_job_created{{namespace="{value}",job_name="{value}"}}'] = Series(-60, moment=True)
    return found
