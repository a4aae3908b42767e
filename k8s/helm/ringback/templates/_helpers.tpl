{{- define "ringback.fullname" -}}
{{- if contains "ringback" .Release.Name }}{{ .Release.Name | trunc 40 | trimSuffix "-" }}{{ else }}{{ printf "%s-ringback" .Release.Name | trunc 40 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "ringback.labels" -}}
app.kubernetes.io/name: ringback
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end }}

{{- define "ringback.selector" -}}
app.kubernetes.io/name: ringback
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ringback.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ printf "%s@%s" .repository .digest }}{{ else }}{{ printf "%s:%s" .repository (.tag | default $.Chart.AppVersion) }}{{ end }}
{{- end -}}
{{- end }}

{{- define "ringback.configuration" -}}
{{- .Values.configuration | default (.Files.Get "files/ringback.toml") }}
{{- end }}

{{/* The keys of the Secret that a worker reads beside those of all, and the folder they are mounted in. */}}
{{- define "ringback.own" -}}
ingest: { volume: api, keys: [RINGBACK_API_USER, RINGBACK_API_PASSWORD] }
dialer: { volume: telephony, keys: [RINGBACK_TELEPHONY] }
{{- end }}

{{/* Up at once; down by one pod in a minute, for each has calls or deliveries to hand on. */}}
{{- define "ringback.scaling" -}}
scaleUp:
  stabilizationWindowSeconds: 0
  policies: [{ type: Percent, value: 100, periodSeconds: 30 }]
scaleDown:
  stabilizationWindowSeconds: 300
  policies: [{ type: Pods, value: 1, periodSeconds: 60 }]
{{- end }}

{{/* What each worker is scaled by, and how much of it is one pod's. */}}
{{- define "ringback.signals" -}}
ingest:
  - { queue: ringback.requests, value: "200" }
  - { value: "70" }
scheduler:
  - { queue: ringback.schedule, value: "600" }
dialer:
  - { queue: ringback.dial, value: "200" }
notifier:
  - { queue: ringback.notify, value: "600" }
{{- end }}
