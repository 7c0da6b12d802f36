"""Metrics and alarms with boto3: clients, resources, paginators and waiters.

cloudwatch_walk.py ENDPOINT
"""

import sys
from datetime import datetime, timedelta, timezone

import boto3

ENDPOINT = sys.argv[1]
TOPIC = "arn:aws:sns:us-east-1:000000000000:ops"

client = boto3.client("cloudwatch", endpoint_url=ENDPOINT)
resource = boto3.resource("cloudwatch", endpoint_url=ENDPOINT)


def walk_metrics():
    dimensions = [{"Name": "Service", "Value": "web"}, {"Name": "Zone", "Value": "a"}]
    metric = resource.Metric("Boto3", "Requests")
    metric.put_data(MetricData=[{"MetricName": "Requests", "Value": 5, "Unit": "Count", "Dimensions": dimensions}])
    listed = list(client.get_paginator("list_metrics").paginate(Namespace="Boto3").search("Metrics"))
    assert listed == [{"Namespace": "Boto3", "MetricName": "Requests", "Dimensions": dimensions}], listed
    now = datetime.now(timezone.utc)
    found = metric.get_statistics(
        Dimensions=dimensions[::-1],
        StartTime=now - timedelta(minutes=5),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        Statistics=["Sum"],
    )
    assert found["Label"] == "Requests", found
    assert [(each["Sum"], each["Unit"]) for each in found["Datapoints"]] == [(5.0, "Count")], found


def walk_alarm():
    alarm = resource.Metric("Boto3", "Errors").put_alarm(
        AlarmName="boto3",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=2,
        Threshold=3,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[TOPIC],
        TreatMissingData="ignore",  # the states that are set here stay
    )
    client.get_waiter("alarm_exists").wait(AlarmNames=["boto3"], WaiterConfig={"Delay": 1, "MaxAttempts": 2})
    alarm.set_state(StateValue="ALARM", StateReason="a test", StateReasonData='{"by":"hand"}')
    alarm.reload()
    assert (alarm.state_value, alarm.state_reason, alarm.threshold) == ("ALARM", "a test", 3.0), alarm.meta.data
    alarm.disable_actions()
    alarm.set_state(StateValue="OK", StateReason="over")
    items = alarm.describe_history(ScanBy="TimestampAscending")["AlarmHistoryItems"]
    assert [(item["HistoryItemType"], item["HistorySummary"]) for item in items] == [
        ("ConfigurationUpdate", 'Alarm "boto3" created'),
        ("StateUpdate", "Alarm updated from INSUFFICIENT_DATA to ALARM"),
        ("Action", f'Failed to execute action {TOPIC}. Received error: "Topic does not exist"'),
        ("ConfigurationUpdate", 'Alarm "boto3" updated'),
        ("StateUpdate", "Alarm updated from ALARM to OK"),
    ], items
    alarm.delete()
    try:
        alarm.delete()
    except client.exceptions.ResourceNotFound as error:
        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 404, error.response
    else:
        raise AssertionError("an alarm that is not there was deleted")


walk_metrics()
walk_alarm()
